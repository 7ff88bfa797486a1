/** What happens in the browser, by the names that templates have in `ts-hook`. */
import type { Hook } from 'wellhead:live';

import { Curve } from '$lib/curve';

/** Puts the focus where the server says, once it shows what is to have it. */
export const Focus: Hook = {
	mounted() {
		this.handleEvent('focus', (selector: string) => {
			const element = document.querySelector<HTMLElement>(selector);
			element?.focus();
			if (element instanceof HTMLInputElement) element.select();
		});
	}
};

/** Lists whose end was in view when they were last looked at. */
const atEnd = new WeakSet<HTMLElement>();

function look(list: HTMLElement): void {
	if (list.scrollHeight - list.scrollTop - list.clientHeight < 40) atEnd.add(list);
	else atEnd.delete(list);
}

function follow(list: HTMLElement): void {
	if (atEnd.has(list)) list.scrollTop = list.scrollHeight;
}

/** Stays at the end of a list that grows, or has less room, unless somebody reads what is further up. */
export const Tail: Hook = {
	mounted() {
		const list = this.el;
		atEnd.add(list);
		follow(list);
		list.addEventListener('scroll', () => look(list));
		new ResizeObserver(() => follow(list)).observe(list);
	},
	beforeUpdate() {
		look(this.el);
	},
	updated() {
		follow(this.el);
	}
};

/** A text area that Enter sends, and that is empty when its text was said. */
export const Composer: Hook = {
	mounted() {
		const field = this.el as HTMLTextAreaElement;
		field.addEventListener('keydown', (event) => {
			if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
			event.preventDefault();
			field.form?.requestSubmit();
		});
		this.handleEvent('said', () => {
			field.value = '';
			field.focus();
		});
	}
};

/** A time as clocks show it where the browser is: the server does not know. */
export const LocalTime: Hook = {
	mounted() {
		const time = new Date(this.el.getAttribute('datetime') ?? '');
		this.el.textContent = time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
	}
};

const curves = new WeakMap<HTMLElement, { curve: Curve; station: string | undefined }>();

/** Adds what the server has told since to the curve of its station. */
function draw(element: HTMLElement): void {
	const shown = curves.get(element)!;
	const { station, readings } = element.dataset;
	if (station !== shown.station) shown.curve.clear();
	shown.station = station;
	const told = JSON.parse(readings ?? '[]') as { at: number; degrees: number }[];
	shown.curve.add(told.map(({ at, degrees }) => ({ at, value: degrees })));
}

/** A curve of readings, drawn by a library that knows nothing of live pages. */
export const Measured: Hook = {
	mounted() {
		curves.set(this.el, { curve: new Curve(this.el, 60), station: undefined });
		draw(this.el);
	},
	updated() {
		draw(this.el);
	},
	destroyed() {
		curves.get(this.el)?.curve.destroy();
	}
};
