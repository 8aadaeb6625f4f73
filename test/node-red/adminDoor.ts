import registerClient from '../../node-red/nodes/workfloplus-client/runtime';
import registerProject from '../../node-red/nodes/epicollect5-project/runtime';
import type { Red } from '../../node-red/shared/red';
import { fakeRed } from './fakes';

type Handler = (request: { body: object }, response: object) => void;

/** A config node as it is stored. */
export type Stored = Record<string, unknown> & { id: string; type: string };

interface Door {
	deployed?: readonly Stored[];
	/** The deployed ones that run: none of them is disabled unless told. */
	running?: readonly Stored[];
	/** What the runtime keeps encrypted. */
	credentials?: { clientId: string; clientSecret: string };
}

/**
 * The admin door of a Node-RED in which everybody may do everything.
 * @returns a function that asks for a list as a dialog does
 */
export function adminDoor({ deployed = [], running = deployed, credentials }: Door = {}) {
	const kept = credentials ?? { clientId: '7', clientSecret: 'stored' };
	const routes = new Map<string, Handler>();
	const types = new Map<string, (this: object, def: Stored) => void>();
	const open = (_request: object, _response: object, next: () => void): void => next();
	const red: Red = fakeRed({
		httpAdmin: { post: (path: string, _guard: unknown, handler: Handler) => routes.set(path, handler) },
		auth: { needsPermission: () => open },
		nodes: {
			registerType: (type: string, node: (this: object, def: Stored) => void) => types.set(type, node),
			createNode: (node: object) => Object.assign(node, { credentials: kept }),
			eachNode: (each: (node: Stored) => void) => deployed.forEach(each),
			getNode: (id: string) => made(running.find((node) => node.id === id)),
			getCredentials: () => kept,
		},
	});
	const nodes = new Map<string, object>();
	const made = (def: Stored | undefined): object | null => {
		if (!def) return null;
		const node = nodes.get(def.id) ?? {};
		if (!nodes.has(def.id)) types.get(def.type)?.call(node, def);
		nodes.set(def.id, node);
		return node;
	};
	registerClient(red);
	registerProject(red);
	return <T>(path: string, body: object): Promise<T> =>
		new Promise((resolve) => {
			const response = { json: resolve, status: () => response };
			routes.get(`/field-data/${path}`)?.({ body }, response);
		});
}
