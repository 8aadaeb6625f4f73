import { normaliseServerUrl, parseUrl, projectSlug, PUBLIC_SERVER } from '../../../core/epicollect5/address';
import { slugify } from '../../../sandbox/src/epicollect5/text';
import { everythingIn } from './support/world';

describe('the address of a server', () => {
	it.each([
		['https://five.epicollect.net', PUBLIC_SERVER],
		['https://five.epicollect.net/', PUBLIC_SERVER],
		['  https://five.epicollect.net///  ', PUBLIC_SERVER],
		['HTTPS://Five.Epicollect.NET:443', PUBLIC_SERVER],
		['https://five.epicollect.net/api', PUBLIC_SERVER],
		['https://five.epicollect.net/api/', PUBLIC_SERVER],
		['https://five.epicollect.net?x=1#y', PUBLIC_SERVER],
		['https://five.epicollect.net/project/birds', PUBLIC_SERVER],
		['https://five.epicollect.net/project/birds/data?x=1', PUBLIC_SERVER],
		['https://five.epicollect.net/myprojects/birds/apps', PUBLIC_SERVER],
		['https://five.epicollect.net/dataviewer/birds', PUBLIC_SERVER],
		['https://five.epicollect.net/open/project/birds', PUBLIC_SERVER],
		['https://five.epicollect.net/api/export/entries/birds?form_ref=x', PUBLIC_SERVER],
		['https://five.epicollect.net/api/export/project/birds', PUBLIC_SERVER],
		['https://five.epicollect.net/api/project-version/birds', PUBLIC_SERVER],
		['https://five.epicollect.net/api/oauth/token', PUBLIC_SERVER],
		['http://localhost:8600', 'http://localhost:8600'],
		['http://[::1]:8600/', 'http://[::1]:8600'],
		['https://host/ec5', 'https://host/ec5'],
		['https://host/ec5/api/', 'https://host/ec5'],
		['https://host/ec5//api', 'https://host/ec5'],
		['https://host/EC5/project/birds', 'https://host/EC5'],
		['https://host/apiary', 'https://host/apiary'],
		['https://host/api/exported', 'https://host/api/exported'],
		['https://host/my-projects/', 'https://host/my-projects'],
		['https://bücher.example', 'https://xn--bcher-kva.example'],
	])('%s is kept as %s', (text, wanted) => {
		expect(normaliseServerUrl(text)).toBe(wanted);
	});

	it('is the same however often it is normalised', () => {
		const once = normaliseServerUrl('https://host/a/b/project/x/api/');
		expect(normaliseServerUrl(once)).toBe(once);
	});

	it.each([
		'',
		'   ',
		'five.epicollect.net',
		'ftp://host',
		'file:///etc/passwd',
		'javascript:1',
		'https://',
		'x y',
	])('%j is no address, and the field to change is named', (text) => {
		expect(() => normaliseServerUrl(text)).toThrow(
			expect.objectContaining({ kind: 'input', code: 'server_url', field: 'Server URL' }),
		);
	});

	it.each([undefined, null, 5, {}])('%p, as an expression may give it, is no address either', (value) => {
		expect(() => normaliseServerUrl(value as string)).toThrow(
			expect.objectContaining({ kind: 'input', code: 'server_url', field: 'Server URL' }),
		);
	});

	it.each(['https://ana:s3cret@host', 'https://ana@host/', 'https://:s3cret@host/api'])(
		'%s is refused, without repeating who or what stands before the @',
		(text) => {
			let thrown: unknown;
			try {
				normaliseServerUrl(text);
			} catch (error) {
				thrown = error;
			}
			expect(thrown).toMatchObject({ kind: 'input', code: 'server_url' });
			expect(everythingIn(thrown)).not.toMatch(/s3cret|ana@/);
		},
	);

	it('is of the web only', () => {
		expect(parseUrl('https://host/x')?.host).toBe('host');
		expect(parseUrl('mailto:ana@example.org')).toBeUndefined();
		expect(parseUrl('no address')).toBeUndefined();
	});
});

describe('the slug of a project', () => {
	it.each([
		['ec5-api-test', 'ec5-api-test'],
		['EC5 API Test', 'ec5-api-test'],
		['ec5_api_test', 'ec5-api-test'],
		[' Birds  of\tthe  North ', 'birds-of-the-north'],
		['--a__b--', 'a-b'],
		['Été à Zürich', 'ete-a-zurich'],
		['Straße Ærø Łódź', 'strasse-aero-lodz'],
		['https://five.epicollect.net/project/my-project', 'my-project'],
		['  https://five.epicollect.net/project/My%20Project/data?restart=true ', 'my-project'],
		['HTTPS://host/ec5/project/birds#top', 'birds'],
		['https://five.epicollect.net/project/birds/add-entry', 'birds'],
		['https://five.epicollect.net/myprojects/birds', 'birds'],
		['https://host/ec5/myprojects/birds/apps', 'birds'],
		['https://five.epicollect.net/api/export/project/birds', 'birds'],
		['https://five.epicollect.net/api/export/entries/birds?form_ref=x', 'birds'],
		['https://five.epicollect.net/api/export/media/birds?type=photo', 'birds'],
		['five.epicollect.net/project/my-project', 'my-project'],
		['localhost:8600/project/birds', 'birds'],
		['https://host/project/100%25-sure', '100-sure'],
		['https://host/project/%E0%A4%A', 'e0a4a'],
	])('%s is %s', (text, slug) => {
		expect(projectSlug(text)).toBe(slug);
	});

	it('is what the service makes of a name', () => {
		for (const name of ['A b_C', 'a@b', 'Ø-ring', 'x--y', '1 2  3', 'naïve façade']) {
			expect([name, projectSlug(name)]).toEqual([name, slugify(name)]);
		}
	});

	it.each([
		'',
		'  ',
		'---',
		'!!!',
		'https://five.epicollect.net',
		'https://host/projects/birds',
		'https://host/myprojects',
		'https://host/dataviewer/birds',
		'a/b',
		'../..',
		'/',
		'x y/z',
	])('%j names no project', (text) => {
		expect(() => projectSlug(text)).toThrow(
			expect.objectContaining({ kind: 'input', code: 'project', field: 'Project' }),
		);
	});

	it.each([
		['https://five.epicollect.net/project/birds', PUBLIC_SERVER],
		['five.epicollect.net/project/birds/data', PUBLIC_SERVER],
		['http://five.epicollect.net/project/birds', PUBLIC_SERVER],
		['HTTPS://FIVE.epicollect.net/myprojects/birds/apps', PUBLIC_SERVER],
		['https://host/ec5/project/birds/data?restart=true', 'https://host/ec5'],
		['https://host/EC5/api/export/entries/birds', 'https://host/ec5'],
		['localhost:8600/project/birds', 'http://localhost:8600'],
		['birds', 'https://host'],
	])('%s is read from %s', (text, server) => {
		expect(projectSlug(text, server)).toBe('birds');
	});

	it.each([
		['https://five.epicollect.net/project/birds', 'https://survey.example.org', 'five.epicollect.net'],
		['survey.example.org/ec5/project/birds', PUBLIC_SERVER, 'survey.example.org/ec5'],
		['https://host/project/birds', 'https://host/ec5', 'host'],
		['http://localhost:8601/myprojects/birds', 'http://localhost:8600', 'localhost:8601'],
		['https://ana:s3cret@other/project/birds', PUBLIC_SERVER, 'other'],
	])('%s is not looked for at %s, and both are named', (text, server, named) => {
		let thrown: unknown;
		try {
			projectSlug(text, server);
		} catch (error) {
			thrown = error;
		}
		expect(thrown).toMatchObject({ kind: 'input', code: 'other_server', field: 'Project' });
		const { message, hint } = thrown as { message: string; hint: string };
		expect(message).toBe(`The project's address is one of another server: ${named}`);
		expect(hint).toContain(`The server that is set is ${server}.`);
		expect(everythingIn(thrown)).not.toMatch(/s3cret|ana@/);
	});

	it('holds nothing that a path could be led astray by', () => {
		for (const text of ['..', '.', '%2e%2e', 'a?b', 'a#b', 'a\\b', 'a\u0000b', 'a\nb']) {
			let slug = '';
			try {
				slug = projectSlug(text);
			} catch {
				// Refused is fine too.
			}
			expect(slug).toMatch(/^[a-z0-9-]*$/);
		}
	});
});
