import { Problem } from './answers';

/** A JSON object that a caller sent. Names are read without case, as the server is taken to do (contract 2). */
export class JsonBody {
	private readonly values: Map<string, unknown>;

	constructor(object: object) {
		this.values = new Map(Object.entries(object).map(([name, value]) => [name.toLowerCase(), value]));
	}

	/** A string that must be there and not be blank. */
	text(name: string): string {
		const value = this.values.get(name.toLowerCase());
		if (typeof value !== 'string' || value.trim() === '') {
			throw new Problem(400, `The field ${name} is required.`);
		}
		return value;
	}

	/** A string, or null when absent. */
	optionalText(name: string): string | null {
		const value = this.values.get(name.toLowerCase()) ?? null;
		if (value === null || typeof value === 'string') return value;
		throw new Problem(400, `The field ${name} must be a string.`);
	}

	/** A boolean, or the fallback when absent. */
	flag(name: string, fallback: boolean): boolean {
		const value = this.values.get(name.toLowerCase()) ?? fallback;
		if (typeof value === 'boolean') return value;
		throw new Problem(400, `The field ${name} must be a boolean.`);
	}

	/** A list of strings; absent is refused unless a fallback is given. */
	texts(name: string, fallback?: string[]): string[] {
		const value = this.values.get(name.toLowerCase()) ?? fallback;
		if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return [...value];
		throw new Problem(400, `The field ${name} must be an array of strings.`);
	}

	/** A list of at least one object. */
	objects(name: string): JsonBody[] {
		const value = this.values.get(name.toLowerCase());
		if (Array.isArray(value) && value.length > 0 && value.every(isObject)) {
			return value.map((item) => new JsonBody(item));
		}
		throw new Problem(400, `The field ${name} must be an array of at least one object.`);
	}

	/** A date in milliseconds, or null when absent. Without a zone it is UTC, as the service's own example (contract 2). */
	date(name: string): number | null {
		const value = this.optionalText(name);
		if (value === null) return null;
		const parts = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(
			value,
		);
		const ms = parts ? Date.parse(`${parts[1]}T${parts[2] ?? '00:00'}${parts[3] ?? 'Z'}`) : NaN;
		if (Number.isNaN(ms)) throw new Problem(400, `The field ${name} must be an ISO 8601 date.`);
		return ms;
	}
}

/** The request's JSON object; anything else is a 400 (quirk X3). */
export function readBody(body: Buffer): JsonBody {
	let value: unknown;
	try {
		value = JSON.parse(body.toString('utf8'));
	} catch {
		throw new Problem(400, 'The request body is not valid JSON.');
	}
	if (!isObject(value)) throw new Problem(400, 'The request body must be a JSON object.');
	return new JsonBody(value);
}

function isObject(value: unknown): value is object {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
