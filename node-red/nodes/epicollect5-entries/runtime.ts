import type { NodeDef } from 'node-red';
import { collectEntries } from '../../../core/epicollect5/entries';
import type { RawEntry } from '../../../core/epicollect5/entry';
import { readRawEntries, readTidyEntries, type ReadRequest } from '../../../core/epicollect5/reading';
import { Run } from '../../../core/run';
import { connectionOf, runOptions } from '../../shared/epicollect5';
import type { Work } from '../../shared/input';
import { Sequence } from '../../shared/output';
import type { Message, Red } from '../../shared/red';
import { runtime } from '../../shared/runtime';
import { shapeFrom, type ShapeDef } from '../../shared/shape';
import { countOf, evaluate, Settings, textOf } from '../../shared/values';
import { registerWorker, type Worker } from '../../shared/worker';

interface EntriesDef extends NodeDef, ShapeDef {
	project: string;
	form?: string;
	formType?: string;
	limit?: string;
	limitType?: string;
	output?: 'array' | 'each';
	property?: string;
}

export default function register(red: Red): void {
	registerWorker<EntriesDef>(red, 'epicollect5-entries', readEntries);
}

type Parts = Worker<EntriesDef>;

async function readEntries(parts: Parts, { message, send, signal }: Work): Promise<void> {
	const { red, def, status } = parts;
	const connection = connectionOf(red, def.project);
	status.busy();
	const run: Run = new Run(
		runtime.clock,
		runOptions({
			signal,
			onWait: (wait) => status.waiting(wait, run.summary.fetched),
			onProgress: (progress) => status.progress(progress),
		}),
	);
	const project = (newer: boolean) => connection.project(run.options, newer);
	const settings = new Settings({ ...parts, message });
	const shape = await shapeFrom(settings);
	const request: ReadRequest = {
		...shape.request,
		slug: connection.slug,
		formRef: await formOf(parts, message),
		limit: await limitOf(parts, message),
	};
	const read = shape.raw ? readRawEntries : readTidyEntries;
	const pages = read(connection.client, request, project, run);
	const sequence = new Sequence(red, message, def.property || 'payload');
	const fetched =
		def.output === 'each' ? await sendEach(pages, sequence, send) : await sendAll(pages, sequence, send);
	status.entriesRead({ fetched, stoppedBy: run.summary.stoppedBy }, runtime.clock.now());
}

async function sendAll(
	pages: AsyncIterable<RawEntry[]>,
	sequence: Sequence,
	send: Work['send'],
): Promise<number> {
	const entries = await collectEntries(pages);
	send(sequence.whole(entries));
	return entries.length;
}

/** Sends each page's entries as they come. One is held back: the last one has to say how many there were. */
async function sendEach(
	pages: AsyncIterable<RawEntry[]>,
	sequence: Sequence,
	send: Work['send'],
): Promise<number> {
	let held: RawEntry | undefined;
	for await (const page of pages) {
		for (const entry of page) {
			if (held) send(sequence.next(held));
			held = entry;
		}
	}
	if (held) send(sequence.last(held));
	return sequence.length;
}

async function formOf(parts: Parts, message: Message): Promise<string | undefined> {
	const { form = '', formType = 'list' } = parts.def;
	return textOf(await evaluate({ ...parts, message }, { value: form, type: formType }, 'Form'), 'Form');
}

async function limitOf(parts: Parts, message: Message): Promise<number | undefined> {
	const { limit = '', limitType = 'all' } = parts.def;
	if (limitType === 'all') return undefined;
	return countOf(
		await evaluate({ ...parts, message }, { value: limit, type: limitType }, 'How many'),
		'How many',
	);
}
