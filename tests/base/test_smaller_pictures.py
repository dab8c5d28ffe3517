"""A picture in every size that pages ask for, whatever its own."""

import io
from unittest import mock

from PIL import Image
from wagtail.images.models import Filter

from base.files import sizes
from base.models import PortalImage
from base.sandbox import pictures
from base.sandbox.client import SandboxFailure
from tests import factories
from tests.city import CityTestCase

# What templates and the administration ask for.
WANTED = (
    "fill-480x270",
    "fill-608x380",
    "fill-144x176",
    "max-600x400",
    "max-165x165",
    "width-800",
    "height-200|format-webp",
)
# Shapes of which rounding puts an edge a pixel outside, among others.
SHAPES = (
    (641, 481),
    (803, 597),
    (1003, 751),
    (997, 1499),
    (1201, 333),
    (333, 1201),
    (600, 400),
    (799, 800),
    (1023, 767),
)


def test_a_grey_picture_of_sixteen_bits_with_a_shade_that_is_seen_through_is_made_smaller():
    content, made = io.BytesIO(), io.BytesIO()
    Image.new("I;16", (40, 30), 900).save(content, "PNG", transparency=900)

    said = pictures.smaller(content, made, [40, 30], [0, 0, 40, 30], [20, 15], "", 0, False, None)

    assert said == {"kind": "png", "size": [40, 30]}
    assert Image.open(made).size == (20, 15)


class EverySize(CityTestCase):
    def test_is_made_of_a_picture_of_any_shape(self):
        outside = 0
        for shape in SHAPES:
            picture = factories.picture(self.city.my_long, size=shape)
            for spec in WANTED:
                transform = Filter(spec).get_transform(picture, shape)
                rect = transform.get_rect().round()
                outside += rect.right > shape[0] or rect.bottom > shape[1]
                with self.subTest(shape=shape, spec=spec):
                    rendition = picture.get_rendition(spec)
                    self.assertTrue(rendition.pk, "the whole picture in its place")
                    wanted = tuple(max(int(side), 1) for side in transform.size)
                    self.assertEqual((rendition.width, rendition.height), wanted)
        self.assertGreater(outside, 2)


class SizesOfPublicPages(CityTestCase):
    def setUp(self):
        sizes._failed.clear()

    def test_are_there_some_seconds_after_the_upload(self):
        picture = factories.picture(self.city.my_long, size=(1200, 800))

        self.assertEqual(sizes.make_sizes(), 1)

        self.assertEqual({one.filter_spec for one in picture.renditions.all()}, set(sizes.SIZES))
        self.assertEqual(sizes.make_sizes(), 0)

    def test_that_a_reader_asked_for_before_are_not_made_again(self):
        picture = factories.picture(self.city.my_long, size=(1200, 800))
        made = picture.get_rendition(sizes.SMALL)

        sizes.make_sizes()

        self.assertEqual(picture.renditions.get(filter_spec=sizes.SMALL).pk, made.pk)

    def test_of_a_picture_that_cannot_be_read_are_tried_once_and_hold_up_no_other(self):
        other = factories.picture(self.city.my_long, size=(600, 400))
        broken = factories.picture(self.city.my_long, size=(600, 400))
        true_make = PortalImage.generate_rendition_file

        def make(picture, filter, **kwargs):
            if picture.pk == broken.pk:
                raise SandboxFailure("broken")
            return true_make(picture, filter, **kwargs)

        with mock.patch.object(PortalImage, "generate_rendition_file", make):
            self.assertEqual(sizes.make_sizes(most=1), 1)
            self.assertEqual(sizes.make_sizes(most=1), 1)
            self.assertEqual(sizes.make_sizes(most=1), 0)

        self.assertEqual(other.renditions.count(), len(sizes.SIZES))
        self.assertEqual(broken.renditions.count(), 0)

    def test_of_a_file_that_is_replaced_meanwhile_are_not_stored(self):
        picture = factories.picture(self.city.my_long, size=(600, 400))
        true_make = PortalImage.generate_rendition_file

        def make(picture, filter, **kwargs):
            PortalImage.objects.filter(pk=picture.pk).update(file="images/another.jpg")
            return true_make(picture, filter, **kwargs)

        with mock.patch.object(PortalImage, "generate_rendition_file", make):
            shown = picture.get_rendition("width-480")

        self.assertIsNone(shown.pk)
        self.assertEqual(picture.renditions.count(), 0)
