/**
 * Decodes the format of the `flatted` package, in which n8n sends the data of an execution: a JSON list of all values;
 * inside a value every string is the position of another value (https://github.com/WebReflection/flatted).
 */
export function decodeFlatted(text: string): unknown {
	const values = JSON.parse(text) as unknown[];
	const done = new Set<object>();
	const resolve = (value: unknown): unknown => {
		const target = typeof value === 'string' ? values[Number(value)] : value;
		if (typeof target !== 'object' || target === null || done.has(target)) return target;
		done.add(target);
		const entries = target as Record<string, unknown>;
		for (const [key, inner] of Object.entries(entries)) entries[key] = resolve(inner);
		return target;
	};
	const [first] = values;
	return typeof first === 'object' ? resolve(first) : first;
}
