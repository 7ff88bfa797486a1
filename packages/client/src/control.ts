/** What `load`, endpoints and hooks throw or return to steer a response: errors with a status, redirects, failures. */

import type { ErrorBody } from "./types.ts";

/** An expected error: its body is shown to the user as it is. Made by `error()`. */
export class HttpError {
	readonly status: number;
	readonly body: ErrorBody;
	constructor(status: number, body: ErrorBody | string | undefined) {
		this.status = status;
		this.body = typeof body === "string" ? { message: body } : (body ?? { message: `Error: ${status}` });
	}
	toString(): string {
		return JSON.stringify(this.body);
	}
}

/** Sends the browser elsewhere. Made by `redirect()`. */
export class Redirect {
	readonly status: number;
	readonly location: string;
	constructor(status: number, location: string) {
		this.status = status;
		this.location = location;
	}
}

/** Input that an action refused. Made by `fail()`. */
export class ActionFailure<T = unknown> {
	readonly status: number;
	readonly data: T;
	constructor(status: number, data: T) {
		this.status = status;
		this.data = data;
	}
}

/** An error of Wellhead itself with a status, such as a path without a route. */
export class StatusError extends Error {
	readonly status: number;
	/** What a user may read of it. */
	readonly text: string;
	constructor(status: number, text: string, message: string) {
		super(message);
		this.status = status;
		this.text = text;
	}
}

export function isHttpError(value: unknown, status?: number): value is HttpError {
	return value instanceof HttpError && (status === undefined || value.status === status);
}

export function isRedirect(value: unknown): value is Redirect {
	return value instanceof Redirect;
}

/**
 * Throws an expected error: the nearest error page is shown with this status and message, and `handleError` is not called.
 *
 * @example error(404, "No such country");
 */
export function error(status: number, body?: ErrorBody | string): never {
	if (!(status >= 400 && status <= 599)) throw new Error(`error(${status}, …): the status must be from 400 to 599`);
	throw new HttpError(status, body);
}

/**
 * Throws a redirect. 303 follows a form, 307 and 308 keep the method.
 *
 * @example redirect(307, "/login");
 */
export function redirect(status: number, location: string | URL): never {
	if (!(status >= 300 && status <= 308)) throw new Error(`redirect(${status}, …): the status must be from 300 to 308`);
	const text = location.toString();
	if (/[\r\n\0]/.test(text)) throw new Error(`redirect(${status}, …): the location has a line break in it`);
	throw new Redirect(status, text);
}

/** What an action returns for input that it refuses; the form's page is shown again with `data` as `form`. */
export function fail<T = undefined>(status: number, data?: T): ActionFailure<T> {
	return new ActionFailure(status, data as T);
}

export function isActionFailure(value: unknown): value is ActionFailure {
	return value instanceof ActionFailure;
}
