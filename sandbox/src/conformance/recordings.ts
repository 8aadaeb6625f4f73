import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One recorded request with its answer: a line of the recordings' index. */
export interface Recording {
	seq: number;
	/** The server's unix time. */
	at: number;
	name: string;
	section?: string;
	method: string;
	path: string;
	headers?: Record<string, string>;
	body?: string;
	status: number;
	responseHeaders: Record<string, string>;
	bodyBytes: number;
	file?: string;
	/** Acts that came just before and are no requests. */
	before?: string | string[];
	/** `extra`: the rows of the extra files were there. */
	rows?: string;
	/** Why this one cannot be alike; it does not count. */
	exception?: string;
	note?: string;
}

/** A folder of recordings. */
export interface RecordingFolder {
	folder: string;
	/** By `seq`. */
	records: Recording[];
	/** The text body of a record, if it was kept. */
	bodyOf(record: Recording): string | null;
}

/** Reads `index.json` of a folder. */
export function readRecordings(folder: string): RecordingFolder {
	const index = join(folder, 'index.json');
	if (!existsSync(index)) throw new Error(`--recordings: there is no index.json in "${folder}"`);
	const records = JSON.parse(readFileSync(index, 'utf8')) as Recording[];
	records.sort((left, right) => left.seq - right.seq);
	return {
		folder,
		records,
		bodyOf: ({ file }) => {
			if (file === undefined) return null;
			const path = join(folder, file);
			return existsSync(path) ? readFileSync(path, 'utf8') : null;
		},
	};
}
