const delays = [100, 100, 100, 100, 100, 500, 500, 500, 1000, 1000];

export function load(): { items: { delay: number; value: Promise<string> }[] } {
	return {
		items: delays.map((delay, index) => ({
			delay,
			value: new Promise((resolve) => setTimeout(() => resolve(`settled-${index}`), delay))
		}))
	};
}
