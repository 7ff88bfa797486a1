// What the tests of the client have inside of the page.
import { add } from '../../../packages/client/src/live/features.ts';
import * as fields from '../../../packages/client/src/live/fields.ts';
import { morphChildren } from '../../../packages/client/src/live/morph.ts';
import * as moving from '../../../packages/client/src/live/moving.ts';
import { createNodes } from '../../../packages/client/src/live/nodes.ts';

/** @typedef {import('../../../packages/client/src/live/nodes.ts').NodeOperation} Operation */

/**
 * @typedef {object} Render
 * @property {string} html
 * @property {string} parsed  what html5ever parsed, as HTML
 * @property {number} given  how many numbers the server gave
 * @property {Operation[] | null} next  to the next render
 */
/**
 * @typedef {object} Case
 * @property {string[]} [sources]  what the renders were parsed from
 * @property {Render[]} renders
 * @property {{ operations: Operation[], given: number }[]} steps
 */

/** Elements that were told of since the last look. @type {Record<'came' | 'changed' | 'went', string[]>} */
const told = { came: [], changed: [], went: [] };
/** @param {Element} element */
const nameOf = (element) => (element.id ? `${element.localName}#${element.id}` : element.localName);

// What the client loads where there are fields, and in browsers without `moveBefore`.
for (const { feature } of [fields, moving]) add(feature, []);

/** @type {import('../../../packages/client/src/live/nodes.ts').Watcher} */
const watch = (changes) => {
	for (const [element, change] of changes) told[change].push(nameOf(element));
};
/** Those of the component that is shown. @type {import('../../../packages/client/src/live/nodes.ts').Nodes} */
let nodes;

/** @param {Element} container */
const number = (container) => (nodes = createNodes(container, watch));

/** How many nodes have numbers. */
const size = () => Array.from({ length: nodes.count() }, (_, at) => nodes.get(at + 1)).filter(Boolean).length;

/**
 * Shows a component and numbers it.
 *
 * @param {string} html
 */
function show(html) {
	document.querySelector('#live')?.remove();
	const container = document.createElement('div');
	container.id = 'live';
	container.innerHTML = html;
	document.body.append(container);
	return number(container).count();
}

/** @param {string} html */
function fresh(html) {
	const container = document.createElement('div');
	container.innerHTML = html;
	return container;
}

/** @param {Node} node */
const contentOf = (node) => (node instanceof HTMLTemplateElement ? node.content : node);
/** @param {Node} node @returns {node is Element} */
const isElement = (node) => node.nodeType === Node.ELEMENT_NODE;
/** @param {Node} node */
const isIgnored = (node) => isElement(node) && node.hasAttribute('ts-ignore');

/**
 * The nodes that have numbers, in their order.
 *
 * @param {Node} node
 * @returns {Node[]}
 */
const counted = (node) => [node, ...(isIgnored(node) ? [] : [...contentOf(node).childNodes].flatMap(counted))];

/**
 * Where two trees differ, if they do: names, namespaces, attributes in any order, texts, what is in templates, but not what is ignored.
 *
 * @param {Node} one
 * @param {Node} other
 * @param {string} [path]
 * @returns {string | undefined}
 */
function difference(one, other, path = '') {
	const here = `${path}/${one.nodeName}`;
	if (one.nodeType !== other.nodeType || one.nodeName !== other.nodeName) return `${here}: ${other.nodeName}`;
	if (!isElement(one)) return one.nodeValue === other.nodeValue ? undefined : `${here}: ${JSON.stringify([one.nodeValue, other.nodeValue])}`;
	if (path) {
		if (/** @type {Element} */ (other).namespaceURI !== one.namespaceURI) return `${here}: in another namespace`;
		const [mine, theirs] = [one, /** @type {Element} */ (other)].map((element) =>
			JSON.stringify(Array.from(element.attributes, ({ namespaceURI, localName, prefix, value }) => [namespaceURI, prefix, localName, value]).sort())
		);
		if (mine !== theirs) return `${here}: ${mine} ${theirs}`;
	}
	if (isIgnored(one)) return undefined;
	const [mine, theirs] = [one, other].map((node) => [...contentOf(node).childNodes]);
	if (mine?.length !== theirs?.length) return `${here}: ${mine?.length} and ${theirs?.length} children`;
	return mine?.map((child, at) => difference(child, /** @type {Node} */ (theirs?.[at]), here)).find(Boolean);
}

const namespaces = new Map([
	['http://www.w3.org/1999/xlink', 'xlink:'],
	['http://www.w3.org/XML/1998/namespace', 'xml:'],
	['http://www.w3.org/2000/xmlns/', 'xmlns:']
]);
const voids = /^(area|base|basefont|bgsound|br|col|embed|frame|hr|img|input|keygen|link|meta|param|source|track|wbr)$/;
const raws = /^(style|script|xmp|iframe|noembed|noframes|noscript|plaintext)$/;
/** @type {Record<string, string>} */
const escapes = { '&': '&amp;', '"': '&quot;', '<': '&lt;', '\r': '&#13;', '\0': '\ufffd' };

/**
 * As `Fragment::html` of wellhead-html writes nodes.
 *
 * @param {Node} parent
 * @returns {string}
 */
function write(parent) {
	const raw = parent instanceof HTMLElement && raws.test(parent.localName);
	return [...contentOf(parent).childNodes]
		.map((node) => {
			if (!isElement(node)) {
				const text = node.nodeValue ?? '';
				if (node.nodeType === Node.COMMENT_NODE) return `<!--${text}-->`;
				return raw ? text : text.replace(/[&<\r\0]/g, (c) => escapes[c] ?? c);
			}
			const isHtml = node.namespaceURI === 'http://www.w3.org/1999/xhtml';
			const attributes = Array.from(node.attributes, ({ namespaceURI, localName, value }) => {
				const prefix = localName === 'xmlns' ? '' : (namespaces.get(namespaceURI ?? '') ?? '');
				return ` ${prefix}${localName}="${value.replace(/[&"\r\0]/g, (c) => escapes[c] ?? c)}"`;
			});
			const start = `<${node.localName}${attributes.join('')}>`;
			const content = write(node);
			const first = contentOf(node).firstChild;
			const feed = isHtml && /^(pre|listing|textarea)$/.test(node.localName) && first instanceof Text && first.data.startsWith('\n') ? '\n' : '';
			return start + feed + content + (isHtml && voids.test(node.localName) ? '' : `</${node.localName}>`);
		})
		.join('');
}

/**
 * Runs a case: what the browser parses, then the steps, then the component anew.
 *
 * @param {Case} drawn
 * @returns {string | null} what is wrong
 */
const run = (drawn) => problemOf(drawn) ?? null;

/**
 * @param {Case} drawn
 * @returns {string | undefined}
 */
function problemOf({ renders, steps, sources }) {
	const container = document.createElement('div');
	document.body.append(container);
	/** @param {string} what @param {number} at */
	const compare = (what, at) => {
		const found = difference(container, fresh(renders[at]?.html ?? ''));
		return found && `${what} ${at}: ${found}`;
	};
	const numbered = () => {
		const all = counted(container);
		const wrong = all.findIndex((node, at) => nodes.get(at + 1) !== node);
		if (wrong >= 0) return `node ${wrong + 1} has another number`;
		if (size() !== all.length) return `${size()} nodes have numbers, there are ${all.length}`;
	};
	try {
		for (const [at, { html, parsed }] of renders.entries()) {
			if (write(fresh(html)) !== parsed) return `parsed ${at}: ${write(fresh(html))}`;
			const source = sources?.[at];
			if (source !== undefined && write(fresh(source)) !== parsed) return `source ${JSON.stringify(source)}: ${write(fresh(source))} not ${parsed}`;
		}
		container.innerHTML = renders[0]?.html ?? '';
		const count = number(container).count();
		if (count !== renders[0]?.given) return `${count} nodes are there`;
		for (const [at, { operations, given }] of steps.entries()) {
			nodes.apply(operations);
			const wrong = compare('step', at + 1);
			if (wrong) return wrong;
			if (nodes.count() !== given) return `step ${at + 1}: gave ${nodes.count()} numbers, not ${given}`;
			const there = new Set(counted(container));
			if (size() > there.size) return `step ${at + 1}: nodes that are gone have numbers`;
		}
		for (const [at, { html, next, given }] of renders.entries()) {
			nodes.morph(html, morphChildren);
			const wrong = compare('morph', at) ?? numbered();
			if (wrong) return wrong;
			if (nodes.count() !== given) return `morph ${at}: gave ${nodes.count()} numbers, not ${given}`;
			if (next) {
				nodes.apply(next);
				const wrong = compare('after morph', at + 1);
				if (wrong) return wrong;
			}
			if (renders.length > 2) nodes.morph(renders[(at + 2) % renders.length]?.html ?? '', morphChildren);
		}
	} catch (error) {
		return String(/** @type {Error} */ (error).stack);
	} finally {
		container.remove();
		for (const list of Object.values(told)) list.length = 0;
	}
}

/** @param {string} selector */
const $ = (selector) => {
	const found = document.querySelector(selector);
	if (!found) throw new Error(`there is no ${selector}`);
	return found;
};

/** @param {string} selector @param {number} [child] */
const at = (selector, child) => {
	const element = $(selector);
	const wanted = child === undefined ? element : contentOf(element).childNodes[child];
	for (let number = 1; number <= nodes.count(); number++) if (nodes.get(number) === wanted) return number;
	throw new Error(`${selector} has no number`);
};

/** @param {Operation[]} operations */
const patch = (...operations) => nodes.apply(operations);
/** @param {string} html */
const morph = (html) => nodes.morph(html, morphChildren);

Object.defineProperty(globalThis, 'nodes', { get: () => nodes });
Object.assign(globalThis, { size, show, fresh, told, difference, run, $, at, patch, morph });
