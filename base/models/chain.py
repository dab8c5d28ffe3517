"""The end of a chain of seals."""

from django.db import models


class Chain(models.Model):
    """The last seal of a chain and the number of its links; locked while a link is added, so that it never forks."""

    name = models.CharField(max_length=30, unique=True)
    seal = models.CharField(max_length=64, blank=True)
    count = models.BigIntegerField(default=0)

    never_deleted = True

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    @classmethod
    def lock(cls, name: str):
        """Return the head of a chain, locked until the transaction ends; made on first use."""
        cls.objects.get_or_create(name=name)
        return cls.objects.select_for_update().get(name=name)

    def move_on(self, seal: str, links: int = 1) -> None:
        """Write down that the chain grew by some links and now ends with `seal`."""
        self.seal, self.count = seal, self.count + links
        self.save(update_fields=["seal", "count"])
