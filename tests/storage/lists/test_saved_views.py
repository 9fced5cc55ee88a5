"""A saved view is its person's alone; its name is short, and there are not too many."""

import pytest

from bot.services.app import OfficeApp
from storage.lists.saved_views import MAX_VIEWS, BadViewName, SavedViews, TooManyViews


def test_views_are_kept_by_person_and_list(both_apps: OfficeApp) -> None:
    office = both_apps.office.slug
    with both_apps.store.writing(office) as connection:
        clerk, mayor = (SavedViews(connection, office, who) for who in ("clerk", "mayor"))
        clerk.save("cases", "本月到期", "sort=due")
        clerk.save("cases", "本月到期", "sort=-due")
        clerk.save("requests", "台账", "view=register")
        mayor.save("cases", "我的", "")
        assert [(one.name, one.query) for one in clerk.of("cases")] == [("本月到期", "sort=-due")]
        mayor.delete("cases", "本月到期")
        assert len(clerk.of("cases")) == 1
        clerk.delete("cases", "本月到期")
        assert clerk.of("cases") == []
        assert [one.name for one in mayor.of("cases")] == ["我的"]


def test_a_view_has_a_short_name_and_their_number_an_end(app: OfficeApp) -> None:
    with app.store.writing(app.office.slug) as connection:
        views = SavedViews(connection, app.office.slug, "clerk")
        for name in ("", "名" * 31):
            with pytest.raises(BadViewName):
                views.save("cases", name, "")
        for number in range(MAX_VIEWS):
            views.save("cases", f"{number}", "")
        with pytest.raises(TooManyViews):
            views.save("cases", "又一个", "")
        views.save("cases", "3", "q=甲")  # one that there is may be changed
        assert len(views.of("cases")) == MAX_VIEWS
