import type { EntriesQuery } from '../../../core/epicollect5/query';
import type { QueryName, ReadAct } from './plan';
import type { Place } from './definitions';
import type { Version } from './ledger';

type Filters = Omit<EntriesQuery, 'formRef' | 'branchRef' | 'mapIndex'>;

/** A question to the core, and which versions answer it: the second is what the first has to be measured by. */
export interface Question {
	filters: Filters;
	isWanted: (version: Version) => boolean;
	/** By what the rows are asked to be in order, where that can be told from them. */
	order?: { by: 'createdAt' | 'uploadedAt'; sign: 1 | -1 };
}

const MINUTE = 60_000;
const all = () => true;
const iso = (ms: number) => new Date(ms).toISOString();

/** @param now the server's time, about which all bounds are laid */
export function questionOf(act: ReadAct, place: Place, now: number, aRow: Version | undefined): Question {
	const question = kinds(place, Math.floor(now / 1000) * 1000, aRow)[act.query];
	const filters = { ...question.filters, ...(act.limit !== undefined && { limit: act.limit }) };
	// The first N, without a word about their order: the newest (contract 7.1).
	const order = question.order ?? (act.limit === undefined || filters.sortBy ? undefined : NEWEST);
	return { ...question, filters, order };
}

const NEWEST = { by: 'createdAt', sign: -1 } as const;

function kinds(place: Place, now: number, aRow: Version | undefined): Record<QueryName, Question> {
	const [from, to] = [now - 150 * MINUTE, now - 20 * MINUTE];
	const within = (ms: number) => ms >= from && ms <= to;
	const some = aRow?.id ?? '00000000-0000-4000-8000-999999999999';
	const link = place.branchRef ? { ownerUuid: some } : { parentUuid: some };
	return {
		all: { filters: {}, isWanted: all },
		'newest upload first': {
			filters: { sortBy: 'uploaded_at', sortOrder: 'DESC' },
			isWanted: all,
			order: { by: 'uploadedAt', sign: -1 },
		},
		'oldest first': {
			filters: { sortBy: 'created_at', sortOrder: 'ASC' },
			isWanted: all,
			order: { by: 'createdAt', sign: 1 },
		},
		'newest first': { filters: { sortBy: 'created_at' }, isWanted: all, order: NEWEST },
		'by title': { filters: { sortBy: 'title' }, isWanted: all },
		'created from': {
			filters: { created: { from: iso(from) } },
			isWanted: ({ createdAt }) => createdAt >= from,
		},
		'created between': {
			filters: { created: { from: iso(from), to: iso(to) } },
			isWanted: ({ createdAt }) => within(createdAt),
		},
		'uploaded from': {
			filters: { uploaded: { from: iso(from) }, sortBy: 'uploaded_at', sortOrder: 'ASC' },
			isWanted: ({ uploadedAt }) => uploadedAt >= from,
			order: { by: 'uploadedAt', sign: 1 },
		},
		'uploaded between': {
			filters: { uploaded: { from: new Date(from), to: iso(to) } },
			isWanted: ({ uploadedAt }) => within(uploadedAt),
		},
		'uploaded from, created to': {
			filters: { uploaded: { from: iso(from) }, created: { to: iso(to) } },
			isWanted: ({ uploadedAt, createdAt }) => uploadedAt >= from && createdAt <= to,
		},
		title: { filters: { title: 'ITE 1' }, isWanted: ({ title }) => title.includes('ite 1') },
		one: { filters: { uuid: some }, isWanted: ({ id }) => id === some },
		'below one':
			place.above === undefined
				? { filters: {}, isWanted: all }
				: {
						filters: { ...link, ...(!place.branchRef && { parentFormRef: place.above }) },
						isWanted: ({ above }) => above === some,
					},
	};
}
