import { findRoute } from '../epicollect5/routes';
import { slugify } from '../epicollect5/text';
import type { SandboxCore } from '../sandbox';
import type { SandboxRequest, SandboxResponse } from '../shared/types';
import { firstDifference, parseJson, short } from './compare';
import { compareCsvPages, compareJsonPages } from './compareEntries';
import type { Recording } from './recordings';

/** Headers that a client can use (recordings/README.md). */
const HEADERS = [
	'content-type',
	'x-ratelimit-limit',
	'x-ratelimit-remaining',
	'x-ratelimit-reset',
	'retry-after',
	'content-range',
	'accept-ranges',
	'allow',
];

/** First difference between the recorded answer and the sandbox's; null when alike. */
export function compareAnswers(
	sandbox: SandboxCore,
	record: Recording,
	recordedBody: string | null,
	request: SandboxRequest,
	response: SandboxResponse,
): string | null {
	if (response.status !== record.status) return `status: ${record.status} recorded, ${response.status} here`;
	return (
		headerDifference(record, request, response) ??
		bodyDifference(sandbox, record, recordedBody, request, response)
	);
}

function headerDifference(
	record: Recording,
	request: SandboxRequest,
	response: SandboxResponse,
): string | null {
	const media = ['media', 'appMedia'].includes(findRoute(request.path)?.kind ?? '');
	for (const name of HEADERS) {
		const recorded = record.responseHeaders[name]?.toLowerCase();
		const here = response.headers[name]?.toLowerCase();
		if (recorded !== here) return `${name}: ${short(recorded)} recorded, ${short(here)} here`;
	}
	if (!media) return null;
	const length = record.responseHeaders['content-length'];
	const own = response.headers['content-length'] ?? String(response.body.length);
	// The web server's own page is no media.
	if (length !== undefined && record.status < 500 && length !== own) {
		return `content-length: ${length} recorded, ${own} here`;
	}
	const recorded = directives(record.responseHeaders['cache-control']);
	const here = directives(response.headers['cache-control']);
	return recorded === here ? null : `cache-control: ${short(recorded)} recorded, ${short(here)} here`;
}

/** The directives of Cache-Control, whose order carries nothing. */
function directives(value: string | undefined): string {
	return (value ?? '')
		.split(',')
		.map((part) => part.trim())
		.sort()
		.join(', ');
}

/** Pictures made on the fly: not even their length can be the same. */
const MADE_ON_THE_FLY = new Set(['entry_thumb', 'project_mobile_logo']);

function bodyDifference(
	sandbox: SandboxCore,
	record: Recording,
	recordedBody: string | null,
	request: SandboxRequest,
	response: SandboxResponse,
): string | null {
	const { body } = response;
	if (request.method === 'HEAD') return body.length === 0 ? null : 'a body after HEAD';
	if (recordedBody === null) {
		if (MADE_ON_THE_FLY.has(request.query.get('format') ?? '') && record.bodyBytes > 0) return null;
		return body.length === record.bodyBytes
			? null
			: `${record.bodyBytes} bytes recorded, ${body.length} here`;
	}
	const file = record.file ?? '';
	if (file.endsWith('.html')) return null;
	const route = findRoute(request.path);
	const project =
		route?.kind === 'entries' ? sandbox.epicollect5.store.bySlug(slugify(route.slug)) : undefined;
	const text = body.toString('utf8');
	if (file.endsWith('.csv')) {
		if (project === undefined) return recordedBody === text ? null : 'CSV of another place';
		return compareCsvPages(project, request, recordedBody, text);
	}
	if (!file.endsWith('.json')) return recordedBody === text ? null : 'text differs';
	if (project !== undefined && record.status === 200) {
		return compareJsonPages(project, request, recordedBody, text, record.at);
	}
	return firstDifference(parseJson(recordedBody), parseJson(text));
}
