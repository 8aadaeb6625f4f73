import { CsvTable, type CsvOptions } from '../../core/epicollect5/csv';
import { entryId, type RawEntry } from '../../core/epicollect5/entry';
import type { Field } from '../../core/epicollect5/fields';
import { featureCollection, featureMaker, type Feature } from '../../core/epicollect5/geojson';
import { PAGE_SIZE } from '../../core/epicollect5/pages';
import { throwIfAborted } from '../../core/http/errors';
import { csvText, type CsvFormat } from './csv';
import type { Work } from './input';
import { Latest } from './latest';
import { Sequence } from './output';
import { needsTidy, type Reading, type Row, type RowPage } from './reading';
import type { Red } from './red';
import type { Settings } from './values';

/** What a dialog with the rows of output.html saves. */
export interface OutputDef {
	output?: string;
	outputType?: string;
	property?: string;
	/** For GeoJSON: name or ref of the location question; empty for the first one. */
	location?: string;
	locationType?: string;
	/** The question as it was in the list, for the time when the list cannot be read. */
	locationName?: string;
	/** For CSV: what stands between two cells. */
	separator?: string;
	separatorType?: string;
	bom?: string;
	bomType?: string;
	neutralise?: string;
	neutraliseType?: string;
}

type Output = 'array' | 'each' | 'page' | 'geojson' | 'csv';

/** Messages between two looks at what else the runtime has to do: those sent are worked on meanwhile, and let go. */
const AT_ONCE = 25;

/**
 * The first messages of a runtime go out slower. V8 decides by the first hundred objects that a line of code makes whether
 * it puts all later ones among its old objects, where they stay until the heap is full. If they are made while it marks
 * the heap, for 20 to 40 ms at a time of its own, it takes them for lasting ones: a hundred thousand messages then cost
 * twice the memory of ten thousand, which happened in every other run. At this pace a line that makes one object a message
 * makes too few in that time. After two thousand the young heap has been full once, and V8 has decided.
 */
const SLOW_START = { messages: 2000, atOnce: 10, pauseMs: 10 };

/** How many messages are still to go out slowly. */
let slowLeft = SLOW_START.messages;

interface Sending {
	reading: Reading;
	settings: Settings;
	signal: AbortSignal;
	send: Work['send'];
	sequence: Sequence;
}

/**
 * Reads and sends as the dialog says. What is sent is not kept.
 * @returns how many rows were sent
 * @throws FieldDataError; messages that were sent before stay sent
 */
export async function readAndSend(
	{ red, def }: { red: Red; def: OutputDef },
	{ message, signal, send }: Work,
	reading: Reading,
	settings: Settings,
): Promise<number> {
	const output = (await settings.choice('output', 'Send', OUTPUTS)) ?? 'array';
	const pageSize = output === 'page' ? PAGE_SIZE : 1;
	const sequence = new Sequence(red, message, def.property || 'payload', pageSize);
	return await WAYS[output]({ reading, settings, signal, send, sequence });
}

const WAYS: Readonly<Record<Output, (sending: Sending) => Promise<number>>> = {
	array: sendArray,
	each: sendEach,
	page: sendEachPage,
	geojson: sendGeoJson,
	csv: sendCsv,
};
const OUTPUTS = Object.keys(WAYS) as Output[];

async function sendArray({ reading, send, sequence }: Sending): Promise<number> {
	const latest = new Latest<Row>();
	for await (const { rows } of reading.pages()) latest.take(rows.map(idOf), rows);
	const { rows } = latest;
	send(sequence.whole(rows));
	return rows.length;
}

/** One row is held back: the last message has to say how many there were. */
async function sendEach({ reading, signal, send, sequence }: Sending): Promise<number> {
	let held: Row | undefined;
	for await (const { rows } of reading.pages()) {
		for (const row of rows) {
			if (held) {
				send(sequence.next(held));
				await sent(sequence.length, signal);
			}
			held = row;
		}
	}
	if (held) send(sequence.last(held));
	return sequence.length;
}

/** As {@link sendEach}, a page at a time: the last one is what is left. */
async function sendEachPage({ reading, signal, send, sequence }: Sending): Promise<number> {
	let page: Row[] = [];
	let count = 0;
	for await (const { rows } of reading.pages()) {
		count += rows.length;
		for (const row of rows) {
			if (page.length === PAGE_SIZE) {
				send(sequence.next(page));
				page = [];
				await turn(signal);
			}
			page.push(row);
		}
	}
	if (page.length > 0) send(sequence.last(page));
	return count;
}

async function sendGeoJson({ reading, settings, send, sequence }: Sending): Promise<number> {
	const location = await settings.text('location', 'Location');
	const options = { location, utm: reading.request.utm };
	const latest = new Latest<Feature>();
	for await (const { rows, fields } of tables(reading)) {
		latest.take(rows.map(idOf), rows.map(featureMaker(fields, options)));
	}
	const features = latest.rows;
	send(sequence.whole(featureCollection(features)));
	return features.length;
}

async function sendCsv({ reading, settings, signal, send, sequence }: Sending): Promise<number> {
	const { format, options } = await csvChoices(settings, reading);
	const latest = new Latest<string[]>();
	let table: CsvTable | undefined;
	for await (const { rows, fields } of tables(reading)) {
		table ??= new CsvTable(fields, options);
		latest.take(rows.map(idOf), table.rows(rows, fields));
	}
	const { rows } = latest;
	const lines = [table?.header ?? [], ...rows];
	send(sequence.whole(await csvText(paced(lines, signal), format)));
	return rows.length;
}

async function csvChoices(
	settings: Settings,
	{ request }: Reading,
): Promise<{ format: CsvFormat; options: CsvOptions }> {
	const separator = await settings.choice('separator', 'Separator', SEPARATORS);
	return {
		format: { bom: await settings.flag('bom', 'Excel'), delimiter: separator && DELIMITERS[separator] },
		options: {
			utm: request.utm,
			neutraliseFormulas: await settings.flag('neutralise', 'Neutralise formulas'),
		},
	};
}

/** By name: a tab can hardly be typed. */
const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t', ',': ',', ';': ';' } as const;
const SEPARATORS = Object.keys(DELIMITERS) as (keyof typeof DELIMITERS)[];

/** Pages of tidy values under names, at least one of them. @throws InputError for what no table can be made of */
async function* tables(reading: Reading): AsyncGenerator<{ rows: TidyRow[]; fields: Field[] }> {
	if (reading.raw) throw needsTidy('A table or a map cannot be made of values as the server sends them');
	if (reading.joined === 'nested') throw needsTidy('A table or a map cannot hold entries within entries');
	let isEmpty = true;
	for await (const page of reading.pages()) {
		isEmpty = false;
		yield page as RowPage & { rows: TidyRow[]; fields: Field[] };
	}
	if (isEmpty) yield { rows: [], fields: await reading.fields() };
}

type TidyRow = Parameters<CsvTable['rows']>[0][number];

function idOf(row: Row): string {
	return entryId(row as RawEntry);
}

/** The writer's own steps leave no room for anything else the runtime has to do. */
async function* paced<T>(rows: readonly T[], signal: AbortSignal): AsyncGenerator<T> {
	for (let i = 0; i < rows.length; i++) {
		if (i % PAGE_SIZE === 0) await turn(signal);
		yield rows[i] as T;
	}
}

/** After each message that was sent on its own. @throws AbortedError */
async function sent(count: number, signal: AbortSignal): Promise<void> {
	if (slowLeft > 0) {
		slowLeft -= 1;
		if (slowLeft % SLOW_START.atOnce === 0) await turn(signal, SLOW_START.pauseMs);
	} else if (count % AT_ONCE === 0) await turn(signal);
}

/** Lets the runtime do what else there is to do. @throws AbortedError */
async function turn(signal: AbortSignal, ms = 0): Promise<void> {
	await new Promise((resolve) => (ms > 0 ? setTimeout(resolve, ms) : setImmediate(resolve)));
	throwIfAborted(signal);
}
