/** The cookies of a request, and those that its response sets. */

import type { CookieOptions, Cookies } from "../../client/src/types.ts";

type SetOptions = CookieOptions & { path: string };

interface Changed {
	readonly name: string;
	readonly value: string;
	readonly options: SetOptions;
}

/** `event.cookies`. */
export class CookieJar implements Cookies {
	readonly #header: string;
	readonly #url: URL;
	/** By name, domain and path: browsers keep those apart. */
	readonly #changed = new Map<string, Changed>();
	#sent: Map<string, string> | null = null;

	constructor(header: string | null, url: URL) {
		this.#header = header ?? "";
		this.#url = url;
	}

	get(name: string, options?: { decode?: (value: string) => string | undefined }): string | undefined {
		for (const changed of [...this.#changed.values()].reverse())
			if (changed.name === name && this.#reaches(changed)) return changed.options.maxAge === 0 ? undefined : changed.value;
		const value = this.#received().get(name);
		return value === undefined ? undefined : (options?.decode ?? decode)(value);
	}

	getAll(options?: { decode?: (value: string) => string | undefined }): { name: string; value: string }[] {
		const names = new Set([...this.#received().keys(), ...[...this.#changed.values()].map(({ name }) => name)]);
		return [...names].flatMap((name) => {
			const value = this.get(name, options);
			return value === undefined ? [] : [{ name, value }];
		});
	}

	set(name: string, value: string, options: SetOptions): void {
		const whole = this.#complete(name, options);
		if (!NAME.test(name)) throw new Error(`cookies.set: "${name}" is not a name that a cookie can have`);
		this.#changed.delete(keyOf(name, whole));
		this.#changed.set(keyOf(name, whole), { name, value, options: whole });
	}

	delete(name: string, options: SetOptions): void {
		this.set(name, "", { ...options, maxAge: 0, expires: new Date(0) });
	}

	serialize(name: string, value: string, options: SetOptions): string {
		return write({ name, value, options: this.#complete(name, options) });
	}

	/** The `set-cookie` headers of the response, added to a flat list. */
	flush(headers: string[]): void {
		for (const changed of this.#changed.values()) headers.push("set-cookie", write(changed));
	}

	/** The `cookie` header for a request that the app makes to `url`; `extra` is what the request says itself. */
	headerFor(url: URL, extra: string | null): string {
		const pairs = new Map(this.#received());
		for (const changed of this.#changed.values()) {
			const { name, value, options } = changed;
			if (!domainMatches(url.hostname, options.domain ?? this.#url.hostname) || !pathMatches(url.pathname, options.path))
				continue;
			if (options.maxAge === 0) pairs.delete(name);
			else pairs.set(name, (options.encode ?? encodeURIComponent)(value));
		}
		for (const [name, value] of parse(extra ?? "")) pairs.set(name, value);
		return [...pairs].map(([name, value]) => `${name}=${value}`).join("; ");
	}

	/** Takes over a `set-cookie` header of a response that the app got from itself. */
	adopt(header: string): void {
		const [pair = "", ...attributes] = header.split(";").map((part) => part.trim());
		const at = pair.indexOf("=");
		if (at < 1) return;
		const options: SetOptions = { path: "/", httpOnly: false, secure: false, encode: (value) => value };
		for (const attribute of attributes) {
			const [name = "", value = ""] = attribute.split(/=(.*)/s, 2);
			const lower = name.toLowerCase();
			if (lower === "path") options.path = value;
			else if (lower === "domain") options.domain = value;
			else if (lower === "max-age") options.maxAge = Number(value);
			else if (lower === "expires") options.expires = new Date(value);
			else if (lower === "samesite") options.sameSite = value.toLowerCase() as "lax";
			else if (lower === "httponly") options.httpOnly = true;
			else if (lower === "secure") options.secure = true;
			else if (lower === "partitioned") options.partitioned = true;
			else if (lower === "priority") options.priority = value.toLowerCase() as "low";
		}
		this.set(pair.slice(0, at), pair.slice(at + 1), options);
	}

	#received(): Map<string, string> {
		return (this.#sent ??= parse(this.#header));
	}

	#reaches({ options }: Changed): boolean {
		return domainMatches(this.#url.hostname, options.domain ?? this.#url.hostname) && pathMatches(this.#url.pathname, options.path);
	}

	#complete(name: string, options: SetOptions): SetOptions {
		if (options?.path === undefined)
			throw new Error(`cookies: give "${name}" a path, such as { path: "/" }: without one it holds for this folder only`);
		const local = this.#url.protocol === "http:" && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(this.#url.hostname);
		const path = options.domain && options.domain !== this.#url.hostname ? options.path : absolute(this.#url, options.path);
		return { httpOnly: true, sameSite: "lax", secure: !local, ...options, path };
	}
}

/** A path as browsers see it, resolved against the page's. An empty one is the page's folder. */
function absolute(url: URL, path: string): string {
	return path.startsWith("/") ? path : new URL(path === "" ? "." : path, url).pathname;
}

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function keyOf(name: string, options: SetOptions): string {
	return `${options.domain ?? ""} ${options.path} ${name}`;
}

function domainMatches(host: string, domain: string): boolean {
	const plain = domain.replace(/^\./, "");
	return host === plain || host.endsWith(`.${plain}`);
}

function pathMatches(path: string, prefix: string): boolean {
	return path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
}

/** The first value of each name of a `cookie` header, as it was sent. */
function parse(header: string): Map<string, string> {
	const found = new Map<string, string>();
	for (const part of header.split(";")) {
		const at = part.indexOf("=");
		if (at < 0) continue;
		const name = part.slice(0, at).trim();
		const value = part.slice(at + 1).trim();
		if (!found.has(name)) found.set(name, value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value);
	}
	return found;
}

function decode(value: string): string {
	try {
		return value.includes("%") ? decodeURIComponent(value) : value;
	} catch {
		return value;
	}
}

function write({ name, value, options }: Changed): string {
	const text = (options.encode ?? encodeURIComponent)(value);
	if (/[;\r\n\0]/.test(text + options.path + (options.domain ?? "")))
		throw new Error(`cookies: the value, path or domain of "${name}" has a character that a header cannot hold`);
	let header = `${name}=${text}; Path=${options.path}`;
	if (options.domain) header += `; Domain=${options.domain}`;
	if (options.maxAge !== undefined) header += `; Max-Age=${Math.floor(options.maxAge)}`;
	if (options.expires) header += `; Expires=${options.expires.toUTCString()}`;
	if (options.httpOnly) header += "; HttpOnly";
	if (options.secure) header += "; Secure";
	if (options.partitioned) header += "; Partitioned";
	if (options.priority) header += `; Priority=${capital(options.priority)}`;
	if (options.sameSite) header += `; SameSite=${capital(options.sameSite === true ? "strict" : options.sameSite)}`;
	return header;
}

function capital(word: string): string {
	return word.charAt(0).toUpperCase() + word.slice(1);
}
