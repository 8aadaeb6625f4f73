import type { RawEntry } from '../../../../core/epicollect5/entry';
import type { Ask } from '../../../../core/epicollect5/pages';

/** A row as a database keeps it: the column that sorts and filters, and what is printed. */
export interface KeptRow {
	id: string;
	created: number;
	uploaded: number;
	/** Where the printed created_at is another one (contract 8). */
	printed?: string;
}

export interface ScriptedServer {
	ask: Ask;
	rows: KeptRow[];
	/** Parameters of every request. */
	asked: Array<Record<string, string | number>>;
	/** Called before an answer, with the number of the request, which begins at 1. */
	before: (number: number) => void;
	/** Changes which rows a page shows, after they were sorted and cut. */
	show: (page: KeptRow[], number: number) => KeptRow[];
}

/** The entries of one form without HTTP: what a page shows can be bent at will. */
export function scriptedServer(rows: KeptRow[]): ScriptedServer {
	const server: ScriptedServer = {
		rows,
		asked: [],
		before: () => undefined,
		show: (page) => page,
		ask: async (parameters) => {
			server.asked.push(parameters);
			server.before(server.asked.length);
			const found = select(server.rows, parameters);
			const size = Number(parameters.per_page);
			const from = (Number(parameters.page) - 1) * size;
			const page = server.show(found.slice(from, from + size), server.asked.length);
			return { meta: { total: found.length }, data: { entries: page.map(printed) } };
		},
	};
	return server;
}

function select(rows: readonly KeptRow[], parameters: Record<string, string | number>): KeptRow[] {
	const column = (row: KeptRow, name: unknown) => (name === 'created_at' ? row.created : row.uploaded);
	let from = parameters.filter_from === undefined ? -Infinity : Date.parse(String(parameters.filter_from));
	let to = parameters.filter_to === undefined ? Infinity : Date.parse(String(parameters.filter_to));
	if (Number.isFinite(from) && Number.isFinite(to)) {
		from -= from % 86_400_000;
		to += 86_399_000 - (to % 86_400_000);
	}
	const sign = parameters.sort_order === 'DESC' ? -1 : 1;
	return rows
		.filter((row) => column(row, parameters.filter_by) >= from && column(row, parameters.filter_by) <= to)
		.sort((a, b) => sign * (column(a, parameters.sort_by) - column(b, parameters.sort_by)));
}

function printed(row: KeptRow): RawEntry {
	return {
		ec5_uuid: row.id,
		created_at: row.printed ?? new Date(row.created).toISOString(),
		uploaded_at: new Date(row.uploaded).toISOString(),
	};
}
