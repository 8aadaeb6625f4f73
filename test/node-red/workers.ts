import fc from 'fast-check';
import type { Message, Red } from '../../node-red/shared/red';
import { Epicollect5Connection, type Epicollect5Settings } from '../../node-red/shared/epicollect5';
import { FakeNode, fakeRed } from './fakes';

/** What a node sent, and how it ended. */
export interface Answered {
	sent: Message[];
	error: Error | undefined;
	node: FakeNode;
}

/** A node of a pack's set in a Node-RED of its own, with one project to read. */
export function startNode(
	register: (red: Red) => void,
	def: object,
	project?: Epicollect5Settings,
): { node: FakeNode; answer: (message: Message) => Promise<Answered> } {
	let start: ((this: FakeNode, def: object) => void) | undefined;
	const red: Red = fakeRed({
		nodes: {
			registerType: (_type: string, constructor: typeof start) => (start = constructor),
			createNode: () => undefined,
			getNode: (id: string) =>
				id === 'ec5' && project ? { connection: () => new Epicollect5Connection(red, project) } : null,
		},
	});
	register(red);
	const node = new FakeNode();
	start?.call(node, def);
	const answer = async (message: Message): Promise<Answered> => {
		const sent: Message[] = [];
		const error = await node.receive(message, (one) => sent.push(one as Message));
		return { sent, error, node };
	};
	return { node, answer };
}

/** Any setting of any node: words that mean something to one of them, and whatever else may stand in a flow. */
const setting = fc.oneof(
	fc.constantFrom('payload', 'logo', 'forms', 'list', 'array', 'each', '', 'no.such.thing'),
	fc.anything(),
);
const source = fc.constantFrom('msg', 'list', 'str', 'num', 'bool', 'none', 'jsonata', undefined, 'odd');

/** Any message; some look almost right. */
const message = fc.oneof(
	fc.record({ payload: fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true }) }),
	fc.record({ payload: fc.array(fc.oneof(fc.uuid(), fc.record({ ec5_uuid: fc.uuid() }))) }),
	fc.record({ payload: fc.constantFrom('logo', 'statistics', 'Sandbox', 'Visit', ' ', '../x') }),
	fc.dictionary(fc.string(), fc.anything()),
);

/**
 * Sends so many messages of any kind to nodes of any settings.
 * @param fixed settings that stay as they are
 * @returns the messages whose end was neither a result nor an error that a flow can read
 */
export async function fuzz(
	register: (red: Red) => void,
	{ names, fixed, project, runs = 1_000 }: FuzzOptions,
): Promise<unknown[]> {
	const wrong: unknown[] = [];
	const shape = Object.fromEntries(
		names.flatMap((name) => [
			[name, setting],
			[`${name}Type`, source],
		]),
	);
	const one = async (def: object, sent: Message): Promise<void> => {
		const { error } = await startNode(register, { ...def, ...fixed }, project).answer(sent);
		const readable = error === undefined || ('code' in error && 'hint' in error && error.message !== '');
		if (!readable) wrong.push({ def, sent, error });
	};
	const unhandled = (reason: unknown): void => void wrong.push({ unhandled: reason });
	process.on('unhandledRejection', unhandled);
	await fc.assert(fc.asyncProperty(fc.record(shape), message, one), { numRuns: runs, seed: 7 });
	process.off('unhandledRejection', unhandled);
	return wrong;
}

interface FuzzOptions {
	names: readonly string[];
	fixed: object;
	project?: Epicollect5Settings;
	runs?: number;
}
