/**
 * Files: from `<input type="file" ts-upload="field">`, dropped on `ts-drop="field"`, or of a hook.
 *
 * Nothing of a file is sent before the server has taken it, and never more than it has given credit for; so the limits are the
 * server's alone. What becomes of a file is told by `wellhead:live:upload` at the element that it came from.
 */

import { componentsOf } from "./components.ts";
import { add, type Feature } from "./features.ts";
import type { Down } from "./protocol.ts";
import { chunk, send, tell } from "./session.ts";

/** The `detail` of `wellhead:live:upload`. */
export interface Upload {
	/** Its number, by which the server knows it too. */
	readonly upload: number;
	readonly field: string;
	readonly file: File;
	/** `lost` with the connection; `refused` with a code and a message. */
	state: "waiting" | "sending" | "done" | "refused" | "cancelled" | "lost";
	/** Bytes that were sent. */
	sent: number;
	code?: string;
	message?: string;
	cancel(): void;
}

interface Sending extends Upload {
	readonly from: Element;
	credit: number;
	reading: boolean;
}

const open = new Map<number, Sending>();
const previews = new Map<number, string>();
let next = 1;

function end(sending: Sending, state: Upload["state"], more?: { code: string; message: string }): void {
	Object.assign(sending, { state }, more);
	open.delete(sending.upload);
	tell("upload", sending, sending.from);
}

async function pump(sending: Sending): Promise<void> {
	const { upload, file } = sending;
	if (sending.reading) return;
	sending.reading = true;
	while (open.has(upload) && sending.sent < file.size && sending.credit > 0) {
		const size = Math.min(sending.credit, chunk(), file.size - sending.sent);
		let bytes: Uint8Array;
		try {
			bytes = new Uint8Array(await file.slice(sending.sent, sending.sent + size).arrayBuffer());
		} catch {
			// The file has changed, or is gone.
			sending.cancel();
			break;
		}
		if (!open.has(upload) || !send({ type: "uploadChunk", upload, bytes })) break;
		sending.sent += size;
		sending.credit -= size;
		tell("upload", sending, sending.from);
	}
	sending.reading = false;
}

/** Offers files to the server. */
export function upload(from: Element, field: string, files: Iterable<File>): void {
	const list = [...files];
	const first = next;
	const entries = list.map(({ name, size, type }) => ({ name, size, type }));
	if (list.length === 0 || !send({ type: "uploadStart", component: componentsOf(from)[0]!, field, upload: first, entries })) return;
	add(feature, []);
	next += list.length;
	list.forEach((file, index) => {
		const sending: Sending = {
			...{ upload: first + index, field, file, from, state: "waiting", sent: 0, credit: 0, reading: false },
			cancel() {
				if (!open.has(sending.upload)) return;
				send({ type: "uploadCancel", upload: sending.upload });
				end(sending, "cancelled");
			},
		};
		open.set(sending.upload, sending);
		if (file.type.startsWith("image/")) previews.set(sending.upload, URL.createObjectURL(file));
		tell("upload", sending, from);
	});
}

/** What the server says of a file. */
export function answer(message: Down & { upload: number }): void {
	const sending = open.get(message.upload);
	if (!sending) return;
	if (message.type === "uploadDone") end(sending, "done");
	else if (message.type === "uploadRefused") end(sending, "refused", message);
	else if (message.type === "uploadCredit") {
		sending.state = "sending";
		sending.credit += message.bytes;
		void pump(sending);
	}
}

/** Shows a chosen picture in `<img ts-preview="NUMBER">`. */
function preview(element: Element): void {
	const url = previews.get(+element.getAttribute("ts-preview")!);
	if (url && element instanceof HTMLImageElement && element.src !== url) element.src = url;
}

/** An address that nobody shows any more would keep its file in memory. */
function forget(element: Element): void {
	const number = element.getAttribute("ts-preview");
	const url = previews.get(+number!);
	if (!url || document.querySelector(`[ts-preview="${number}"]`)) return;
	URL.revokeObjectURL(url);
	previews.delete(+number!);
}

export const feature: Feature = {
	came: (elements) => elements.forEach(preview),
	changed: (elements) => elements.forEach(preview),
	went: (elements) => elements.forEach(forget),
	// Files do not outlive their connection.
	became: (state) => state === "connected" || open.forEach((sending) => end(sending, "lost")),
};

document.addEventListener("change", ({ target }) => {
	if (!(target instanceof HTMLInputElement) || !target.files) return;
	const field = target.getAttribute("ts-upload");
	if (field === null) return;
	upload(target, field, target.files);
	// The same file can be chosen again.
	target.value = "";
});

for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
	document.addEventListener(type, (event) => {
		const { dataTransfer, target, relatedTarget } = event as DragEvent;
		const zone = target instanceof Element && target.closest("[ts-drop]");
		if (!zone || !dataTransfer?.types.includes("Files")) return;
		event.preventDefault();
		zone.classList.toggle("ts-dragging", type === "dragenter" || type === "dragover" || (type === "dragleave" && zone.contains(relatedTarget as Node | null)));
		if (type === "drop") upload(zone, zone.getAttribute("ts-drop")!, dataTransfer.files);
	});
}
