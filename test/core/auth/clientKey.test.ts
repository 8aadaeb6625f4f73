import { clientKey } from '../../../core/auth/clientKey';

const SECRET = 'a'.repeat(39) + 'b';

describe('the key of a client app', () => {
	it('is the same for the same app', () => {
		expect(clientKey('https://a.test', '17', SECRET)).toBe(clientKey('https://a.test', '17', SECRET));
	});

	it.each([
		['server', 'https://b.test', '17', SECRET],
		['port', 'https://a.test:8443', '17', SECRET],
		['client ID', 'https://a.test', '18', SECRET],
		['secret', 'https://a.test', '17', SECRET.toUpperCase()],
		['empty secret', 'https://a.test', '17', ''],
	])('is another one for another %s', (_, baseUrl, clientId, secret) => {
		expect(clientKey(baseUrl, clientId, secret)).not.toBe(clientKey('https://a.test', '17', SECRET));
	});

	it('holds nothing of the secret', () => {
		const key = clientKey('https://a.test', '17', SECRET);
		expect(key).not.toContain('aaaa');
		expect(key).toMatch(/^https:\/\/a\.test 17 [0-9a-f]{16}$/);
	});
});
