import { json } from 'wellhead';

export function GET() {
	return json({ time: new Date().toISOString() });
}
