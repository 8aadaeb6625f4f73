import { IncompleteError } from '../../http/errors';
import { taken } from '../../http/jsonList';
import type { Run } from '../../run';
import type { Epicollect5Client } from '../client';
import type { Stream } from '../columns';
import { entryId } from '../entry';
import { readByKey } from '../keyset';
import { PageSource } from '../pages';
import { reasonOf } from '../stopped';

/** Sweeps until the number of entries met is the number there is. */
const SWEEPS = 3;

export interface FindDeletedOptions {
	client: Pick<Epicollect5Client, 'asker'>;
	slug: string;
	/** Where the ids are from. */
	stream: Stream;
	mapIndex: number;
	/** The ids that the caller has. */
	knownIds: readonly string[];
	run: Run;
}

/**
 * Finds which entries no longer exist: the service tells of no deletion, so everything has to be read (contract 13.4).
 * Keyed on created_at, which no edit moves. Believed only if as many entries were met as the service counts afterwards.
 * @returns those of the caller's ids that are gone, as they were given
 * @throws IncompleteError after three sweeps; FieldDataError as it is: no refusal ever means that entries are gone
 */
export async function findDeleted(options: FindDeletedOptions): Promise<string[]> {
	const { client, slug, stream, mapIndex, knownIds, run } = options;
	const ask = client.asker(slug, { ...stream, mapIndex }, run);
	try {
		const present = await sweep(new PageSource(async (parameters) => (await ask(parameters)).body), run);
		run.summary.stoppedBy = 'end';
		return knownIds.filter((id) => !present.has(id.trim().toLowerCase()));
	} catch (error) {
		run.summary.stoppedBy = reasonOf(error);
		throw error;
	}
}

async function sweep(source: PageSource, run: Run): Promise<Set<string>> {
	let ids = new Set<string>();
	let total = 0;
	for (let sweeps = 0; sweeps < SWEEPS; sweeps++) {
		ids = new Set();
		let pages = 0;
		for await (const page of readByKey({ source, key: 'created_at', order: 'ASC', start: -Infinity })) {
			for (const row of taken(page.rows) ?? []) ids.add(entryId(row).toLowerCase());
			if (pages++ === 0) total = page.total;
			run.summary.fetched = ids.size;
			run.progress(total);
		}
		// One page says at once how many there are; several have to be compared with what there is after the last.
		if (pages > 1) total = await source.count(undefined);
		if (ids.size === total) return ids;
	}
	throw new IncompleteError(`${ids.size} entries were found where the service counts ${total}`, {
		code: 'incomplete',
		hint: 'Entries came or went while reading. Nothing is reported as deleted. Run it again when nobody uploads.',
	});
}
