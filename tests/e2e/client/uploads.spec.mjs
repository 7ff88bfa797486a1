// Files: offered, granted, sent in chunks, refused, cancelled, lost.
import assert from 'node:assert/strict';

import { liveTest } from '../live.mjs';

const body = '<input id="f" type="file" multiple ts-upload="photos"><div id="d" ts-drop="photos" style="width:100px;height:100px">drop</div><img id="i" ts-preview="1" alt="">';
const before = "globalThis.told = []; document.addEventListener('wellhead:live:upload', ({ target, detail: { upload, field, file, state, sent, code } }) => told.push([target.id, upload, field, file.name, state, sent, ...(code ? [code] : [])].join(' ')))";
const options = { body, before, joined: { limits: { message: 99_999, chunk: 4, events: 50 } } };
const ready = (/** @type {import('playwright-core').Page} */ page) => page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('uploads')));
const text = (/** @type {string} */ name, /** @type {string} */ content) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });

/** @param {import('playwright-core').Page} page @param {string} last */
async function told(page, last) {
	await page.waitForFunction((last) => /** @type {any} */ (globalThis).told.includes(last), last);
	return /** @type {string[]} */ (await page.evaluate(() => /** @type {any} */ (globalThis).told));
}

liveTest('nothing is sent without credit, and no more than there is', options, async ({ page, server }) => {
	await ready(page);
	await page.setInputFiles('#f', [text('a.txt', '0123456789'), text('b.txt', 'xyz')]);
	await server.expect({ type: 'uploadStart', component: 0, field: 'photos', upload: 1, entries: [{ name: 'a.txt', size: 10, type: 'text/plain' }, { name: 'b.txt', size: 3, type: 'text/plain' }] });
	server.send({ type: 'uploadCredit', upload: 1, bytes: 6 });
	const hex = (/** @type {string} */ content) => Buffer.from(content).toString('hex');
	await server.expect({ type: 'uploadChunk', upload: 1, bytes: hex('0123') });
	await server.expect({ type: 'uploadChunk', upload: 1, bytes: hex('45') });
	server.send({ type: 'uploadRefused', upload: 2, code: 'too_many', message: 'One is enough.' });
	await told(page, 'f 2 photos b.txt refused 0 too_many');
	server.send({ type: 'uploadCredit', upload: 1, bytes: 100 });
	await server.expect({ type: 'uploadChunk', upload: 1, bytes: hex('6789') });
	server.send({ type: 'uploadDone', upload: 1 });
	assert.deepEqual(await told(page, 'f 1 photos a.txt done 10'), ['f 1 photos a.txt waiting 0', 'f 2 photos b.txt waiting 0', 'f 1 photos a.txt sending 4', 'f 1 photos a.txt sending 6', 'f 2 photos b.txt refused 0 too_many', 'f 1 photos a.txt sending 10', 'f 1 photos a.txt done 10']);
	// Numbers are never used again.
	await page.setInputFiles('#f', text('a.txt', '0'));
	assert.equal((await server.next('uploadStart')).upload, 3);
});

liveTest('files are dropped', options, async ({ page, server }) => {
	await ready(page);
	await page.evaluate(() => {
		const dataTransfer = new DataTransfer();
		dataTransfer.items.add(new File(['abc'], 'c.txt', { type: 'text/plain' }));
		const fire = (/** @type {string} */ type) => {
			const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
			document.querySelector('#d')?.dispatchEvent(event);
			return [event.defaultPrevented, document.querySelector('#d')?.className];
		};
		Object.assign(globalThis, { dragged: ['dragenter', 'dragover', 'drop'].map(fire) });
	});
	assert.deepEqual(await page.evaluate('dragged'), [[true, 'ts-dragging'], [true, 'ts-dragging'], [true, '']]);
	assert.equal((await server.next('uploadStart')).field, 'photos');
	await told(page, 'd 1 photos c.txt waiting 0');
});

liveTest('the user cancels', { ...options, before: `${before}; document.addEventListener('wellhead:live:upload', ({ detail }) => (globalThis.last = detail))` }, async ({ page, server }) => {
	await ready(page);
	await page.setInputFiles('#f', text('a.txt', '0123456789'));
	await server.next('uploadStart');
	server.send({ type: 'uploadCredit', upload: 1, bytes: 4 });
	await server.next('uploadChunk');
	await page.evaluate('last.cancel()');
	await server.expect({ type: 'uploadCancel', upload: 1 });
	await told(page, 'f 1 photos a.txt cancelled 4');
	server.send({ type: 'uploadCredit', upload: 1, bytes: 4 });
	await page.setInputFiles('#f', text('b.txt', '0'));
	assert.equal((await server.next('uploadStart')).upload, 2);
});

liveTest('files are lost with the connection', options, async ({ page, server }) => {
	await ready(page);
	await page.setInputFiles('#f', text('a.txt', '0123456789'));
	await server.next('uploadStart');
	server.socket?.destroy();
	await told(page, 'f 1 photos a.txt lost 0');
	await server.connection(2);
});

liveTest('a picture is shown before it is sent', options, async ({ page, server }) => {
	await ready(page);
	const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="7"/>');
	await page.setInputFiles('#f', { name: 'a.svg', mimeType: 'image/svg+xml', buffer: svg });
	await server.next('uploadStart');
	server.patch(0, { op: 'setAttribute', node: 5, name: 'title', value: 'chosen' });
	await page.waitForFunction(() => /** @type {HTMLImageElement} */ (document.querySelector('#i')).naturalWidth === 9);
});
