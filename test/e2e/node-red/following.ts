import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sandbox } from '../../../sandbox/src';
import {
	catchAll,
	complete,
	fn,
	follower,
	httpIn,
	httpResponse,
	project,
	tab,
	type ClientApp,
} from './flows';
import type { FlowNode, NodeRedHost } from './host';

export const SLUG = 'sandbox-private';

/** What a flow got, as its last node wrote it down. */
export interface Got {
	eventId: string;
	event: string;
	redelivered?: true;
	row: unknown;
}

/** One version of one entry: `<uuid>/<uploaded_at>`, as an eventId ends. */
export const versionOf = ({ eventId }: Pick<Got, 'eventId'>) => eventId.split('/').slice(2).join('/');

/** A flow that asks at `GET /ask`, answers when the round is over, and writes down what it got, at once and by itself. */
export function writingFlow(sandbox: Sandbox, app: ClientApp, settings: object = {}): FlowNode[] {
	const write = `
		const { event, eventId, redelivered, payload: row } = msg;
		global.get('fs').appendFileSync('got.jsonl', JSON.stringify({ event, eventId, redelivered, row }) + '\\n');
		return null;`;
	return [
		...[tab(), project('ec5', sandbox.addresses.epicollect5, SLUG, app)],
		...askingFlow('/ask', 'in'),
		...[follower('in', 'ec5', ['write'], settings), fn('write', write)],
	];
}

/** `GET <url>` asks the node, and is answered when it has finished: 200, or 500 with what went wrong. */
export function askingFlow(url: string, id: string): FlowNode[] {
	const failed = `msg.statusCode = 500; msg.payload = { code: msg.error.code, message: msg.error.message }; return msg;`;
	// What is sent on its own, or comes back to be confirmed, has no request to answer.
	const asked = `return msg.res ? { res: msg.res, statusCode: msg.statusCode ?? 200, payload: msg.payload ?? {} } : null;`;
	return [
		...[httpIn(`${id}-ask`, url, [id]), complete(`${id}-done`, [id], [`${id}-asked`])],
		...[catchAll(`${id}-caught`, [`${id}-failed`]), fn(`${id}-failed`, failed, [`${id}-asked`])],
		...[fn(`${id}-asked`, asked, [`${id}-answer`]), httpResponse(`${id}-answer`)],
	];
}

/** Everything that was written down, in its order. */
export async function gotBy({ userDir }: NodeRedHost): Promise<Got[]> {
	const text = await readFile(path.join(userDir, 'got.jsonl'), 'utf8').catch(() => '');
	// A crash in the middle of a line leaves half of it.
	const lines = text.split('\n').filter((line) => line.endsWith('}'));
	return lines.map((line) => JSON.parse(line) as Got);
}

/** The versions that can be read now, of all forms and branches. */
export function versionsOf(sandbox: Sandbox, slug = SLUG): string[] {
	const found = sandbox.epicollect5.store.bySlug(slug);
	return [...(found?.streams.values() ?? [])].flatMap((stream) =>
		stream.all().map(({ uuid, uploadedAt }) => `${uuid}/${new Date(uploadedAt).toISOString()}`),
	);
}

/** The values that occur more than once. */
export function repeated(values: readonly string[]): string[] {
	const seen = new Set<string>();
	return values.filter((value) => seen.has(value) || !seen.add(value));
}
