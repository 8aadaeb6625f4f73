import { problemText, workfloPlusCodes } from '../../../core/workfloplus/problem';
import { everythingSaid, failure, setUp } from './setup';

const ECHO = 'Client CLIENT with SECRET sent Bearer TOKEN for ada.field@acme.example (ada%40acme.example)';

describe('no error tells a secret, a token or an e-mail address', () => {
	it.each([
		['an ordinary refusal', { status: 400 }],
		['a refused token', { status: 401 }],
		['a forbidden call', { status: 403 }],
		['something unknown', { status: 404 }],
		['a limit', { status: 429, headers: { 'retry-after': '9000' } }],
		['a server fault', { status: 500 }],
		['a broken connection', { reset: true }],
		['no answer', { hang: true }],
		['an odd answer', { status: 200 }],
	])('%s, even when the service repeats what it was sent', async (_what, fault) => {
		for (const path of ['/connect/token', '/scheduledjobs']) {
			const { connect, run, service, credentials, clock, issue, pumpJob } = setUp();
			const { clientId, clientSecret } = credentials();
			const { accessToken } = await issue();
			const detail = ECHO.replace('CLIENT', clientId)
				.replace('SECRET', clientSecret)
				.replace('TOKEN', accessToken);
			const body = { title: 'Bad Request', detail, errors: { Name: [detail] }, error_description: detail };
			service.admin.planFault({ path, body, times: 100, ...fault });
			const limited = run({ deadline: clock.now() + 600_000 });
			const said = everythingSaid(await failure(connect().createScheduledJob(pumpJob(), limited)));
			expect(said).not.toContain(clientSecret);
			expect(said).not.toContain('eyJ');
			expect(said).not.toContain('acme.example');
		}
	});

	it('nor the one that is kept while a wrong secret is not tried again', async () => {
		const { connect, run } = setUp();
		const secret = 'Wrong0Wrong0Wrong0Wrong0Wrong0Wr';
		const client = connect({ secret });
		await failure(client.users(run()));
		expect(everythingSaid(await failure(client.users(run())))).not.toContain(secret);
	});

	it('and a token goes to the two addresses of its installation only', async () => {
		const { connect, clock, run, service, transport } = setUp();
		service.admin.planFault({
			...{ path: '/api/team/user', status: 302, times: 1 },
			headers: { location: 'https://elsewhere.example/users' },
		});
		await failure(connect().users(run({ deadline: clock.now() + 500 })));
		const away = transport.sent.filter(({ url }) => url.startsWith('https://elsewhere.example'));
		expect(away).toHaveLength(1);
		expect(JSON.stringify(away[0]?.headers)).not.toContain('Bearer');
	});
});

describe('what a refusal says', () => {
	it.each([
		['{"detail":"There is no user 64a1f0c2d3e4b50001a10001."}', 'There is no user 64a1f0c2d3e4b50001a10001.'],
		['{"title":"Bad Request"}', 'Bad Request'],
		[
			'{"title":"Invalid","errors":{"Name":["Too\\nlong.","Odd."],"Tasks":["Too few."]}}',
			'Too long. Too few.',
		],
		[
			'{"detail":"See https://x.example/a?sig=abc&key=def"}',
			'See https://x.example/a?sig=(secret)&key=(secret)',
		],
		['{"detail":"Not valid: eyJhbGci.eyJzdWIi.c2ln-_x"}', 'Not valid: (token)'],
		['{"error":"invalid_client"}', undefined],
		['<html>', undefined],
		['', undefined],
		['[]', undefined],
	])('of %s is %s', (body, text) => {
		expect(problemText(body)).toBe(text);
		expect(problemText(new TextEncoder().encode(body))).toBe(text);
	});

	it.each([
		['{"error":"invalid_client"}', ['invalid_client']],
		['{"title":"Bad Request","status":400}', ['bad_request']],
		['{"error":{"code":1}}', []],
		['null', []],
		['', []],
	])('of %s has the code %j', (body, codes) => {
		expect(workfloPlusCodes(body)).toEqual(codes);
	});

	it('is cut where it is endless', () => {
		expect(problemText(JSON.stringify({ detail: 'word '.repeat(1000) }))).toHaveLength(300);
	});
});
