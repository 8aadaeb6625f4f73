import { InputError } from '../http/errors';

/** Where people and clients are known (contract 1). */
export const ACCOUNTS_URL = 'https://accounts.workfloplus.com';
/** Where workflows and jobs are (contract 1). */
export const GATEWAY_URL = 'https://gateway.workfloplus.com';

/** What may follow the address in something copied from the documentation or the browser. */
const ACCOUNTS_TAIL = /\/(api|connect|manage|account)(\/.*)?$/i;
const GATEWAY_TAIL =
	/\/(api\/)?(workflows|collections|jobs|scheduledjobs|reports|reportgenerator|reporttemplates|trigger|teamsettings|query)\/v\d.*$/i;

/**
 * Brings the address of sign-in and users into the one form that everything is keyed by.
 * @param text as typed or pasted: with or without a slash at the end, `/api`, or a page of it; empty: the public one
 * @returns scheme, host and the path of an installation below a path, without a slash at the end
 * @throws InputError
 */
export function normaliseAccountsUrl(text: string): string {
	return normalise(text, 'Accounts URL', ACCOUNTS_URL, ACCOUNTS_TAIL);
}

/**
 * Brings the address of workflows and jobs into the one form that everything is keyed by.
 * @param text as typed or pasted: with or without a slash or the path of a service at the end; empty: the public one
 * @returns scheme, host and the path of an installation below a path, without a slash at the end
 * @throws InputError
 */
export function normaliseGatewayUrl(text: string): string {
	return normalise(text, 'Gateway URL', GATEWAY_URL, GATEWAY_TAIL);
}

function normalise(text: string, field: string, standard: string, tail: RegExp): string {
	if (text.trim() === '') return standard;
	const url = parse(text.trim());
	if (!url) {
		throw new InputError(`The ${field} is not a web address`, {
			...{ code: 'server_url', field },
			hint: `Enter it as ${standard}.`,
		});
	}
	if (url.username || url.password) {
		throw new InputError(`The ${field} holds a user name`, {
			...{ code: 'server_url', field },
			hint: 'Remove what stands before the @.',
		});
	}
	return url.origin + url.pathname.replace(/\/+$/, '').replace(tail, '').replace(/\/+$/, '');
}

function parse(text: string): URL | undefined {
	try {
		const url = new URL(text);
		return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined;
	} catch {
		return undefined;
	}
}
