"""The pages of bench/live in NiceGUI: `python server.py PORT`."""

import sys

from nicegui import ui


@ui.page("/")
def counter() -> None:
    """What a click costs."""
    count = 0

    def increment() -> None:
        nonlocal count
        count += 1
        button.set_text(str(count))

    button = ui.button("0", on_click=increment)


@ui.page("/rows")
def rows() -> None:
    """What it costs to prepend a row to 1,000."""
    count = 1000

    def prepend() -> None:
        nonlocal count
        count += 1
        with parent:
            row(count).move(target_index=0)

    def row(number: int) -> ui.element:
        return ui.label(f"Row {number}")

    ui.button("Prepend", on_click=prepend)
    with ui.element("div") as parent:
        for number in range(count, 0, -1):
            row(number)


@ui.page("/cells")
def cells() -> None:
    """What it costs to change one of 10,000 cells."""
    changes = 0

    def change() -> None:
        nonlocal changes
        changes += 1
        table[changes * 7919 % 10_000].set_text(str(70_000 + changes))

    ui.button("Change", on_click=change)
    table: list[ui.label] = []
    for row in range(100):
        with ui.element("div"):
            table.extend(ui.label(str(1000 + row * 100 + column)) for column in range(100))


port = int(sys.argv[1])
print(f"http://127.0.0.1:{port}", flush=True)
ui.run(
    host="127.0.0.1",
    port=port,
    show=False,
    reload=False,
    # A page that waits while others open must not be thought lost: the client is pinged in 80 % of this.
    reconnect_timeout=60,
    # Nothing here uses it, and the browser need not load it.
    tailwind=False,
    show_welcome_message=False,
)
