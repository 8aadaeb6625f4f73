import type { Request, Response } from 'express';
import { InputError } from '../../core/http/errors';
import { causeOf } from './fail';
import type { Red } from './red';
import { variableIn } from './values';

/**
 * Stands for a credential that is stored and unchanged: Node-RED's own placeholder. The editor knows no more of it until
 * the config node's dialog is opened.
 */
export const STORED = '__PWRD__';

/** Longest time an open dialog waits for its list. */
export const LIST_TIME_MS = 20_000;

/** A connection as the dialog shows it, deployed or not. */
export interface PostedConnection {
	/** The config node's id; it may not exist yet. */
	id: string;
	/** Settings that say where the secret is sent to and for whom: all of them have to be unchanged for a stored one. */
	bound: Readonly<Record<string, string>>;
	clientSecret: string;
}

export interface ListRequest {
	body: Readonly<Record<string, unknown>>;
	/** Says how the posted connection may be used. As it was typed it is used only for who may write. */
	access(posted: PostedConnection, nodeType: string): Promise<Access>;
	/** Goes on only for who may write. */
	mayWrite(): Promise<void>;
}

type StoredNode = Readonly<Record<string, unknown>>;

export interface Access {
	/** The stored config node, where the posted connection is the deployed and running one: its secret may be used. */
	deployed?: StoredNode;
	/** Why a stored secret may not be used. */
	withheld?: Withheld;
}

/** The connection was never deployed (or is disabled), or it is not the deployed one any more. */
type Withheld = 'notDeployed' | 'changed';

/**
 * Serves one list to the editor's dialogs. Reading needs the permission `field-data.read`; a connection that is not the
 * deployed one also needs `field-data.write`, or a guest of the editor could send requests anywhere.
 */
export function serveList(red: Red, path: string, list: (request: ListRequest) => Promise<unknown>): void {
	const { httpAdmin, auth } = red;
	// Absent where the editor is switched off (`httpAdminRoot: false`).
	if (!httpAdmin?.post) return;
	httpAdmin.post(path, auth.needsPermission('field-data.read'), (request: Request, response: Response) => {
		const body = (request.body ?? {}) as Record<string, unknown>;
		const mayWrite = (): Promise<void> => writer(red, request, response);
		const access: ListRequest['access'] = async (posted, nodeType) => {
			const found = accessTo(red, posted, nodeType);
			if (!found.deployed) await mayWrite();
			return found;
		};
		list({ body, access, mayWrite })
			.then((answer) => response.json(answer))
			.catch((error: unknown) => response.status(400).json({ error: causeOf(error, red) }));
	});
}

/** Resolves for who may write; for anybody else Node-RED has answered the request already and nothing goes on. */
function writer(red: Red, request: Request, response: Response): Promise<void> {
	const guard = red.auth.needsPermission('field-data.write');
	return new Promise((resolve) => guard(request, response, () => resolve()));
}

/** The stored node may be used if the secret stays the stored one and goes where it always went. */
function accessTo(red: Red, posted: PostedConnection, nodeType: string): Access {
	let stored: StoredNode | undefined;
	red.nodes.eachNode((node) => {
		if (node.id === posted.id && node.type === nodeType) stored = node as unknown as StoredNode;
	});
	if (!stored || !red.nodes.getNode(posted.id)) return { withheld: 'notDeployed' };
	const credentials = (red.nodes.getCredentials(posted.id) ?? {}) as Record<string, unknown>;
	const current = (name: string): string => String(stored?.[name] ?? credentials[name] ?? '').trim();
	const unchanged = (name: string, value: string | undefined): boolean =>
		value === STORED || value === current(name);
	const keepsSecret =
		posted.clientSecret === STORED || (posted.clientSecret === '' && current('clientSecret') === '');
	const sameServer = Object.entries(posted.bound).every(([name, value]) => unchanged(name, value));
	return keepsSecret && sameServer ? { deployed: stored } : { withheld: 'changed' };
}

/**
 * A connection that is not deployed is used as it was typed. An environment variable is not filled in for it: whoever
 * may open a dialog could otherwise have any variable sent anywhere.
 * @throws InputError
 */
export function refuseVariables(values: Readonly<Record<string, string>>): void {
	const named = variableIn(values);
	if (!named) return;
	throw new InputError(`"${named[1]}" is filled in when the flow runs`, {
		code: 'deploy_first',
		field: named[0],
		hint: 'Deploy first; then the list can be read.',
	});
}

/** The secret of a connection that was typed: a stored one is not there any more. */
export function typedSecret(clientSecret: string): string {
	return clientSecret === STORED ? '' : clientSecret;
}

/** The stored secret stays where it is. */
export function secretNeeded(withheld: Withheld = 'changed'): InputError {
	const [message, hint] = SECRET_NEEDED[withheld];
	return new InputError(message, { code: 'secret_needed', field: 'Client secret', hint });
}

const SECRET_NEEDED: Readonly<Record<Withheld, readonly [message: string, hint: string]>> = {
	changed: [
		'The server or the client ID has changed',
		'Type the client secret again: the stored one is never sent to another server or for another client.',
	],
	notDeployed: [
		'This connection is not deployed, or is disabled',
		'Open it and type client ID and client secret: an imported flow holds none. Or deploy it first.',
	],
};

export function textFrom(body: Readonly<Record<string, unknown>>, name: string): string {
	const value = body[name];
	return typeof value === 'string' ? value.trim() : '';
}
