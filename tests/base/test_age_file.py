"""The age format: what is encrypted to a public key, and who can open it."""

import io
import shutil
import subprocess
import tempfile
from pathlib import Path

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from base.operations.backup import age_file, age_keys

# Of the published test vectors of Bech32 and of a pair drawn by `age-keygen` 1.2.1.
PRIVATE = "AGE-SECRET-KEY-1AGCF9JXLU29CUU7FRMWP03N2N22UFYM5S3LJM0S2G9XNL55F9APQP5G3XH"
PUBLIC = "age15er660gqncxzpsgvmeaxf6el5cmteqq5ke5l8zzqfvsszrs5hpqq6mnk3t"
PIECE = age_file.PIECE_BYTES


def encrypted(text: bytes, *public: str) -> bytes:
    target = io.BytesIO()
    age_file.encrypt([text], target, [age_keys.read_public(key) for key in public or (PUBLIC,)])
    return target.getvalue()


def decrypted(data: bytes, private: str = PRIVATE) -> bytes:
    return b"".join(age_file.decrypt(io.BytesIO(data), [age_keys.read_private(private)]))


class Keys(SimpleTestCase):
    def test_a_public_key_follows_from_the_private_one_as_age_keygen_writes_it(self):
        self.assertEqual(age_keys.public_of(PRIVATE), PUBLIC)

    def test_a_drawn_pair_opens_what_it_closes(self):
        private = age_keys.new_private_key()

        self.assertEqual(decrypted(encrypted(b"x", age_keys.public_of(private)), private), b"x")

    def test_a_key_with_a_wrong_letter_is_refused(self):
        for text in (PUBLIC[:-1] + "q", PUBLIC[:-1], PUBLIC.replace("age1", "agf1"), PUBLIC.title(), "", PRIVATE):
            with self.subTest(text=text), self.assertRaises(age_keys.BadKey):
                age_keys.read_public(text)

    def test_a_file_of_keys_has_comments(self):
        (key,) = age_keys.read_private_file(f"# created: today\n# public key: {PUBLIC}\n{PRIVATE}\n")

        self.assertEqual(key.private_bytes_raw(), age_keys.read_private(PRIVATE).private_bytes_raw())
        with self.assertRaises(age_keys.BadKey):
            age_keys.read_private_file("# nothing\n")


class Files(SimpleTestCase):
    @given(st.binary(max_size=300), st.integers(0, 3))
    def test_what_was_encrypted_comes_back(self, text, pieces):
        whole = text + bytes(pieces * PIECE)

        self.assertEqual(decrypted(encrypted(whole)), whole)

    def test_each_of_several_keys_opens_it_and_another_one_does_not(self):
        first, second, stranger = (age_keys.new_private_key() for _ in range(3))
        data = encrypted("bí mật".encode(), age_keys.public_of(first), age_keys.public_of(second))

        self.assertEqual({decrypted(data, first), decrypted(data, second)}, {"bí mật".encode()})
        with self.assertRaises(age_file.WrongKey):
            decrypted(data, stranger)

    def test_a_changed_byte_anywhere_is_found(self):
        data = encrypted(bytes(2 * PIECE + 10))

        for place in (5, 60, 120, len(data) // 2, len(data) - 1):
            changed = bytearray(data)
            changed[place] ^= 1
            with self.subTest(place=place), self.assertRaises((age_file.Damaged, age_file.WrongKey)):
                decrypted(bytes(changed))

    def test_a_cut_file_is_found_also_where_a_piece_ends(self):
        data = encrypted(bytes(2 * PIECE))
        whole_piece = PIECE + age_file.TAG_BYTES

        for cut in (1, whole_piece, 2 * whole_piece, len(data) - 10):
            with self.subTest(cut=cut), self.assertRaises(age_file.Damaged):
                decrypted(data[:-cut])

    def test_the_program_age_opens_it_and_is_opened(self):
        program = shutil.which("age")
        if program is None:
            self.skipTest("age is not installed")
        with tempfile.TemporaryDirectory() as folder:
            key = Path(folder) / "key"
            key.write_text(PRIVATE)

            opened = subprocess.run(
                [program, "-d", "-i", key], input=encrypted(b"a" * PIECE), capture_output=True, check=True
            )
            closed = subprocess.run([program, "-r", PUBLIC], input=b"b" * 9, capture_output=True, check=True)

        self.assertEqual((opened.stdout, decrypted(closed.stdout)), (b"a" * PIECE, b"b" * 9))
