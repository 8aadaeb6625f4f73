import { stringify, type Options } from 'csv-stringify';
import { pipeline, Readable } from 'node:stream';

export interface CsvFormat {
	/** A byte order mark at the beginning: without it Excel takes UTF-8 for the machine's own code page. */
	bom?: boolean;
	/** Default a comma. */
	delimiter?: string;
}

/**
 * Writes rows as CSV by RFC 4180 (UTF-8, CRLF), as they come.
 * @returns a stream of bytes; it fails with what the rows fail with, and stops them when it is destroyed
 */
export function csvStream(
	rows: AsyncIterable<string[]> | Iterable<string[]>,
	format: CsvFormat = {},
): Readable {
	const writer = stringify(options(format));
	// The error is the writer's own too: whoever reads is told there.
	pipeline(Readable.from(rows), writer, () => undefined);
	return writer;
}

/** As {@link csvStream}, in one text. */
export async function csvText(
	rows: AsyncIterable<string[]> | Iterable<string[]>,
	format: CsvFormat = {},
): Promise<string> {
	let text = '';
	for await (const chunk of csvStream(rows, format).setEncoding('utf8')) text += String(chunk);
	return text;
}

function options({ bom = false, delimiter = ',' }: CsvFormat): Options {
	// The writer quotes a line break only where it is its own one.
	return { bom, delimiter, record_delimiter: 'windows', quoted_match: /[\r\n]/ };
}
