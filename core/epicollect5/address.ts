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
	const path = url.pathname.replace(PAGES, '').replace(/\/*(\/api)?\/*$/, '');
	return url.origin + path;
}

/** Addresses of a server that people copy instead of its own: a project's page, or one of the API. */
const PAGES =
	/\/((project|dataviewer)\/|api\/(export|oauth|json|projects?|project-version|media|entries)\b).*$/;

/**
 * Reads what a user gave as project.
 * @param text a slug, a project's name, or the address of its page
 * @returns the slug as the service spells it: the limit is counted per spelling (contract 4)
 * @throws InputError
 */
export function projectSlug(text: string): string {
	// No name and no slug has a slash. A browser may have left out the scheme.
	const slug = slugify(text.includes('/') ? namedIn(text.trim()) : text);
	if (slug === '') {
		throw new InputError('No project is given', {
			code: 'project',
			field: 'Project',
			hint: `Choose it from the list, or paste the address of its page, such as ${PUBLIC_SERVER}/project/my-project.`,
		});
	}
	return slug;
}

/** The project that the address of a page names; empty where it names none. */
function namedIn(address: string): string {
	const url = parseUrl(/^https?:\/\//i.test(address) ? address : `https://${address}`);
	return decode(/\/project\/([^/]+)/.exec(url?.pathname ?? '')?.[1] ?? '');
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
