import { seal, unseal } from '../../node-red/shared/sealed';
import { sealedStore, SETTINGS_NAME, type SettingsStore } from '../../node-red/shared/tokenStore';

const app = { origin: 'https://five.epicollect.net', clientId: '7', secret: 's'.repeat(40) };
const token = { accessToken: 'eyJhbGciOi.token', expiresAt: Date.now() + 7_200_000 };

class Settings implements SettingsStore {
	values: Record<string, unknown> = {};
	constructor(readonly readOnly = false) {}
	available(): boolean {
		return true;
	}
	get(name: string): unknown {
		return structuredClone(this.values[name]);
	}
	set(name: string, value: unknown): Promise<void> {
		this.values[name] = structuredClone(value);
		return Promise.resolve();
	}
}

describe('The copy of a token that outlives a restart', () => {
	it('is found again with the same server, client and secret', async () => {
		const settings = new Settings();
		await sealedStore(settings, app, () => undefined).write(token);
		expect(await sealedStore(settings, app, () => undefined).read()).toEqual(token);
	});

	it('shows neither token nor secret to who reads the settings file', async () => {
		const settings = new Settings();
		await sealedStore(settings, app, () => undefined).write(token);
		const file = JSON.stringify(settings.values);
		expect(file).not.toContain(token.accessToken);
		expect(file).not.toContain(app.secret);
	});

	it.each([
		['another secret', { secret: 'x'.repeat(40) }],
		['another client', { clientId: '8' }],
		['another server', { origin: 'https://other.example' }],
	])('is not found with %s', async (_, change) => {
		const settings = new Settings();
		await sealedStore(settings, app, () => undefined).write(token);
		expect(await sealedStore(settings, { ...app, ...change }, () => undefined).read()).toBeUndefined();
	});

	it('is not taken under another name: moving it in the file opens nothing', () => {
		expect(unseal(seal('text', 'secret', 'a'), 'secret', 'a')).toBe('text');
		expect(unseal(seal('text', 'secret', 'a'), 'secret', 'b')).toBeUndefined();
	});

	it('is left out when the file was damaged', async () => {
		const settings = new Settings();
		for (const damage of [null, 'text', { abc: 1 }, []]) {
			settings.values[SETTINGS_NAME] = damage;
			expect(await sealedStore(settings, app, () => undefined).read()).toBeUndefined();
		}
	});

	it('is cleared away with others that nobody needs any more', async () => {
		const settings = new Settings();
		await sealedStore(settings, { ...app, clientId: '1' }, () => undefined).write({ ...token, expiresAt: 1 });
		await sealedStore(settings, app, () => undefined).write(token);
		expect(Object.keys(settings.values[SETTINGS_NAME] as object)).toHaveLength(1);
	});

	it('is not written where the settings are read-only, which is said once', async () => {
		const settings = new Settings(true);
		let said = 0;
		const store = sealedStore(settings, app, () => (said += 1));
		await store.write(token);
		await store.write(token);
		expect(settings.values).toEqual({});
		expect(said).toBe(1);
	});
});
