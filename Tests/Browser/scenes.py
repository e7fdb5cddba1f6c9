"""What a person does on each page: the same steps with a server and its dialect behind the proxy."""

from __future__ import annotations

from chromium import Tab


async def use_light(tab: Tab) -> None:
    await tab.open_live("/")
    for button, level in (("on", "100"), ("down", "90"), ("up", "100"), ("off", "0"), ("up", "10")):
        await tab.click(f"#{button}")
        await tab.sees("#level", level)
    await tab.click("input[value=tomato]")
    await tab.sees("#colour", "tomato")
    await tab.click("#flash")
    await tab.click("#on")
    await tab.sees("#level", "100")


async def use_list(tab: Tab) -> None:
    await tab.open_live("/list")
    for button, row in (("append", "appended 2"), ("prepend", "prepended 3"), ("many", "many äöü ✓ 😀 33")):
        await tab.click(f"#{button}")
        await tab.sees("#rows", row)
    await tab.click("#rows-3 button")
    await tab.page.wait_for_selector("#rows-3", state="detached", timeout=10_000)
    await tab.click("#reset")
    await tab.sees("#count", "35 made")


async def use_form(tab: Tab) -> None:
    await tab.open_live("/form")
    await tab.page.fill("#name", "A")
    await tab.page.wait_for_selector(".error", timeout=10_000)
    await tab.page.fill("#name", "Ada Lovelace")
    await tab.page.fill("#seats", "3")
    await tab.page.wait_for_selector(".error", state="detached", timeout=10_000)
    await tab.click("#save")
    await tab.sees("#guests", "Ada Lovelace: 3")


async def watch_ticks(tab: Tab) -> None:
    await tab.open_live("/ticks")
    await tab.sees("#ticks", "25 of 25")


SCENES = {"light": use_light, "list": use_list, "form": use_form, "ticks": watch_ticks}
