/** One line of JSON past jest's own console, for whoever reads the log of a run. */
export function say(line: Readonly<Record<string, unknown>>): void {
	process.stdout.write(`${JSON.stringify(line)}\n`);
}
