import { InputError } from '../http/errors';

export const PUBLIC_SERVER = 'https://five.epicollect.net';

/**
 * Brings a server's address into the one form that everything is keyed by.
 * @param text as typed or pasted: with or without a trailing slash or `/api`, or the address of a project's page
 * @returns scheme, host and path of an installation below a path, without a slash at the end
 * @throws InputError
 */
export function normaliseServerUrl(text: string): string {
	const url = parseUrl(text.trim());
	if (!url) {
		throw new InputError('The server URL is not a web address', {
			code: 'server_url',
			field: 'Server URL',
			hint: `Enter it as ${PUBLIC_SERVER}.`,
		});
	}
	if (url.username || url.password) {
		throw new InputError('The server URL holds a user name', {
			code: 'server_url',
			field: 'Server URL',
			hint: 'Remove what stands before the @.',
		});
	}
	const path = url.pathname.replace(/\/(project|dataviewer)\/.*$/, '').replace(/(\/api)?\/*$/, '');
	return url.origin + path;
}

/**
 * Reads what a user gave as project.
 * @param text a slug, a project's name, or the address of its page
 * @returns the slug as the service spells it: the limit is counted per spelling (contract 4)
 * @throws InputError
 */
export function projectSlug(text: string): string {
	const url = /^https?:\/\//i.test(text.trim()) ? parseUrl(text.trim()) : undefined;
	const named = url ? /\/project\/([^/]+)/.exec(url.pathname)?.[1] : text;
	const slug = slugify(named === undefined ? '' : url ? decode(named) : named);
	if (slug === '') {
		throw new InputError('No project is given', {
			code: 'project',
			field: 'Project',
			hint: `Choose it from the list, or paste the address of its page, such as ${PUBLIC_SERVER}/project/my-project.`,
		});
	}
	return slug;
}

/** The service's own rule (contract 1): lower case, ASCII, blanks and underscores to hyphens, the rest dropped. */
function slugify(text: string): string {
	return text
		.normalize('NFKD')
		.toLowerCase()
		.replace(/[\s_]+/g, '-')
		.replace(/[^a-z0-9-]/g, '')
		.replace(/-+/g, '-')
		.replace(/^-|-$/g, '');
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

function parseUrl(text: string): URL | undefined {
	try {
		const url = new URL(text);
		return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined;
	} catch {
		return undefined;
	}
}
