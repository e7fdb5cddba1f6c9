"""What a person does on each page of the Gallery: each control once, and what is to be seen then."""

from __future__ import annotations

from chromium import Tab


async def use_light(tab: Tab) -> None:
    await tab.open_live("/light")
    for button, level in (("on", "100 %"), ("down", "90 %"), ("up", "100 %"), ("off", "0 %"), ("up", "10 %")):
        await tab.click(f"#{button}")
        await tab.sees(".bar", level)
    await tab.page.keyboard.press("ArrowUp")
    await tab.sees(".bar", "20 %")
    await tab.page.keyboard.press("ArrowDown")
    await tab.sees(".bar", "10 %")


SCENES = {"light": use_light}
