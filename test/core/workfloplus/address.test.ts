import { InputError } from '../../../core/http/errors';
import { normaliseAccountsUrl, normaliseGatewayUrl } from '../../../core/workfloplus/address';

describe('the Accounts URL', () => {
	it.each([
		['', 'https://accounts.workfloplus.com'],
		['https://accounts.workfloplus.com/', 'https://accounts.workfloplus.com'],
		['  https://ACCOUNTS.workfloplus.com/api/ ', 'https://accounts.workfloplus.com'],
		['https://accounts.workfloplus.com/api/team/user', 'https://accounts.workfloplus.com'],
		['https://accounts.workfloplus.com/connect/token', 'https://accounts.workfloplus.com'],
		['https://accounts.workfloplus.com/manage/dev?tab=1#x', 'https://accounts.workfloplus.com'],
		['https://intranet.example/wfp/api', 'https://intranet.example/wfp'],
		['http://127.0.0.1:8601/wfp//', 'http://127.0.0.1:8601/wfp'],
	])('may be typed or pasted as "%s"', (text, expected) => {
		expect(normaliseAccountsUrl(text)).toBe(expected);
		expect(normaliseAccountsUrl(expected)).toBe(expected);
	});
});

describe('the Gateway URL', () => {
	it.each([
		['', 'https://gateway.workfloplus.com'],
		['https://gateway.workfloplus.com/scheduledjobs/v1', 'https://gateway.workfloplus.com'],
		['https://gateway.workfloplus.com/api/query/v2/graph?key=k', 'https://gateway.workfloplus.com'],
		['https://intranet.example/wfp/gateway/', 'https://intranet.example/wfp/gateway'],
	])('may be typed or pasted as "%s"', (text, expected) => {
		expect(normaliseGatewayUrl(text)).toBe(expected);
		expect(normaliseGatewayUrl(expected)).toBe(expected);
	});

	it.each([
		'gateway.workfloplus.com',
		'ftp://gateway.workfloplus.com',
		'https://me:pw@gateway.workfloplus.com',
	])('is refused by its name where it cannot be used: %s', (text) => {
		const refuse = () => normaliseGatewayUrl(text);
		expect(refuse).toThrow(InputError);
		expect(refuse).toThrow(expect.objectContaining({ field: 'Gateway URL' }));
		expect(refuse).not.toThrow(/me:pw/);
	});
});
