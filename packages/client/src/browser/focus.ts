/** What a browser does when it loads a document, done for a navigation without one: focus, and telling a screen reader. */

/** Puts the focus where a new document would have it: on `autofocus`, the hash's element, or the start of the page. */
export function resetFocus(url: URL): void {
	const auto = document.querySelector<HTMLElement>("[autofocus]");
	if (auto) return auto.focus();
	const target = targetOf(url) ?? document.body;
	const before = target.getAttribute("tabindex");
	target.tabIndex = -1;
	target.focus({ preventScroll: true, focusVisible: false } as FocusOptions);
	if (before === null) target.removeAttribute("tabindex");
	else target.setAttribute("tabindex", before);
	// A selection would make the next Tab start there.
	const selection = getSelection();
	if (selection && selection.type !== "None") {
		const ranges = Array.from({ length: selection.rangeCount }, (_, i) => selection.getRangeAt(i));
		setTimeout(() => {
			// Only where the user has not selected something else meanwhile.
			if (selection.rangeCount === ranges.length && ranges.every((range, i) => range === selection.getRangeAt(i))) selection.removeAllRanges();
		});
	}
}

/** The element that a URL's hash names. */
export function targetOf(url: URL): HTMLElement | null {
	const id = url.hash.slice(1);
	if (id === "") return null;
	let decoded = id;
	try {
		decoded = decodeURIComponent(id);
	} catch {
		// A hash need not be well-formed; then it is taken as it is.
	}
	return document.getElementById(decoded) ?? document.getElementById(id);
}

let announcer: HTMLElement | null = null;

/** Tells the new page's title. */
export function announce(): void {
	if (!announcer?.isConnected) {
		announcer = document.createElement("div");
		announcer.id = "wellhead-announcer";
		announcer.setAttribute("aria-live", "assertive");
		announcer.setAttribute("aria-atomic", "true");
		const hidden = "position:absolute;left:0;top:0;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";
		announcer.style.cssText = hidden;
		document.body.append(announcer);
	}
	announcer.textContent = document.title || "untitled page";
}
