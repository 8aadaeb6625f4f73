import { InputError } from '../http/errors';

export const PUBLIC_SERVER = 'https://five.epicollect.net';

/**
 * Brings a server's address into the one form that everything is keyed by.
 * @param text as typed or pasted: with or without a trailing slash or `/api`, or the address of a project's page
 * @returns scheme, host and path of an installation below a path, without a slash at the end
 * @throws InputError
 */
export function normaliseServerUrl(text: string): string {
	const url = typeof text === 'string' ? parseUrl(text.trim()) : undefined;
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
	const path = url.pathname.replace(PAGES, '').replace(/\/*(\/api)?\/*$/, '');
	return url.origin + path;
}

/** Addresses of a server that people copy instead of its own: a project's page, or one of the API. */
const PAGES =
	/\/((open\/)?(project|myprojects|dataviewer)\/|api\/(export|oauth|json|projects?|project-version|media|entries)\b).*$/;

/** A project's own page and all below it, its link for the app (`open/project`), what its managers see (`myprojects`), and what the export is read from. */
const PAGE_OF_PROJECT = /\/(?:project|myprojects|api\/export\/(?:entries|media))\/([^/]+)/;

/**
 * Reads what a user gave as project.
 * @param text a slug, a project's name, or the address of one of its pages
 * @param server as {@link normaliseServerUrl} gives it: the page of another one is refused rather than read there
 * @returns the slug as the service spells it: the limit is counted per spelling (contract 4)
 * @throws InputError
 */
export function projectSlug(text: string, server?: string): string {
	// No name and no slug has a slash. A browser may have left out the scheme.
	const isAddress = text.includes('/');
	const url = isAddress ? pageUrl(text.trim()) : undefined;
	const slug = slugify(isAddress ? namedIn(url) : text);
	if (slug === '') {
		throw new InputError('No project is given', {
			code: 'project',
			field: 'Project',
			hint: `Choose it from the list, or paste the address of its page, such as ${PUBLIC_SERVER}/project/my-project.`,
		});
	}
	if (url && server !== undefined) checkServer(url, server);
	return slug;
}

function pageUrl(address: string): URL | undefined {
	return parseUrl(/^[a-z][a-z+.-]*:\/\//i.test(address) ? address : `https://${address}`);
}

/** The project that the address of a page names; empty where it names none. */
function namedIn(url: URL | undefined): string {
	return decode(PAGE_OF_PROJECT.exec(url?.pathname ?? '')?.[1] ?? '');
}

/** The scheme tells nothing: behind a proxy the service's own links may have the other one (contract 1). */
function checkServer(page: URL, server: string): void {
	const named = (url: URL) => (url.host + url.pathname.replace(PAGES, '')).toLowerCase().replace(/\/+$/, '');
	const own = parseUrl(server);
	if (!own || named(page) === named(own)) return;
	throw new InputError(`The project's address is one of another server: ${named(page)}`, {
		code: 'other_server',
		field: 'Project',
		hint: `The server that is set is ${server}. Give a project of that one, or change the server URL.`,
	});
}

/** Letters that are no base letter with an accent. */
const LETTERS: ReadonlyMap<string, string> = new Map([
	['ß', 'ss'],
	['æ', 'ae'],
	['œ', 'oe'],
	['ø', 'o'],
	['đ', 'd'],
	['ð', 'd'],
	['þ', 'th'],
	['ł', 'l'],
	['ı', 'i'],
	['@', '-at-'],
]);

/** The service's own rule (contract 1): lower case, ASCII, blanks and underscores to hyphens, the rest dropped. */
function slugify(text: string): string {
	return [...text.normalize('NFKD').toLowerCase()]
		.map((letter) => LETTERS.get(letter) ?? letter)
		.join('')
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

/** @returns undefined for what is no address of the web */
export function parseUrl(text: string): URL | undefined {
	try {
		const url = new URL(text);
		return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined;
	} catch {
		return undefined;
	}
}
