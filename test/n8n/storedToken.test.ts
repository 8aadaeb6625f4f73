import { storedToken } from '../../nodes/shared/storedToken';

function jwt(claims: Record<string, unknown>): string {
	return ['x', Buffer.from(JSON.stringify(claims)).toString('base64url'), 'y'].join('.');
}

describe('The token that n8n keeps in a credential', () => {
	it('is absent while n8n has stored none', () => {
		expect(storedToken({ clientId: '7' })).toBeUndefined();
		expect(storedToken({ clientId: '7', oauthTokenData: {} })).toBeUndefined();
		expect(storedToken({ clientId: '7', oauthTokenData: { access_token: '' } })).toBeUndefined();
	});

	it('ends when n8n has noted it', () => {
		const oauthTokenData = { access_token: jwt({ aud: '7', exp: 1 }), n8n_expires_at: '1700000000000' };
		expect(storedToken({ clientId: '7', oauthTokenData })?.expiresAt).toBe(1_700_000_000_000);
	});

	it('ends when the token says so where n8n has noted nothing', () => {
		const oauthTokenData = { access_token: jwt({ aud: '7', exp: 1_700_000_000 }) };
		expect(storedToken({ clientId: '7', oauthTokenData })?.expiresAt).toBe(1_700_000_000_000);
	});

	it('is not used for another client than it was made for', () => {
		const oauthTokenData = { access_token: jwt({ aud: '8', exp: 1_700_000_000 }) };
		expect(storedToken({ clientId: '7', oauthTokenData })).toBeUndefined();
		const workfloPlus = { access_token: jwt({ aud: ['api'], client_id: 'other' }) };
		expect(storedToken({ clientId: '7', oauthTokenData: workfloPlus })).toBeUndefined();
	});

	it('is used as it is when it cannot be read', () => {
		const oauthTokenData = { access_token: 'opaque' };
		expect(storedToken({ clientId: '7', oauthTokenData })).toEqual({
			accessToken: 'opaque',
			expiresAt: undefined,
		});
	});
});
