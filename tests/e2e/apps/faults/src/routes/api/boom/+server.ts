export function GET() {
	throw new Error('SECRET of the endpoint');
}
