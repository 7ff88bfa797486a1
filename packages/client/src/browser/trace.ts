/** The trace id of the document, by which its request is found in the server's log. The server sends it with its timings. */

/** Empty where browsers tell of no timings (old ones; any without HTTPS, but for localhost), or the server sends none. */
export function documentTrace(): string {
	const [document] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
	// Without HTTPS the property is missing, whatever its type says.
	return document?.serverTiming?.find(({ name }) => name === "trace")?.description ?? "";
}
