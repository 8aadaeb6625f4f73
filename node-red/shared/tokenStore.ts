import { createHash } from 'node:crypto';
import type { Token, TokenStore } from '../../core/auth/token';
import { seal, unseal, type Sealed } from './sealed';

/** The part of Node-RED's `RED.settings` that is used: a JSON file beside the flows, readable by everybody. */
export interface SettingsStore {
	available(): boolean;
	get(name: string): unknown;
	set(name: string, value: unknown): Promise<void>;
	readOnly?: boolean;
}

/** One client app. */
export interface ClientApp {
	origin: string;
	clientId: string;
	secret: string;
}

interface Kept extends Sealed {
	/** In clear, so that copies nobody needs any more can be cleared away. */
	expiresAt?: number;
}

export const SETTINGS_NAME = 'fieldDataTokens';
const KEPT_WITHOUT_END_MS = 24 * 60 * 60 * 1000;

/**
 * Keeps the token over deploys and restarts, because a new one would end the old one (Epicollect5 contract 2.3).
 * The settings file is readable by everybody on the machine, so only a sealed copy goes there: the key is made from
 * the client secret, which Node-RED keeps encrypted.
 * @param warn is told once when the settings cannot be written; the token then lives in memory only.
 */
export function sealedStore(settings: SettingsStore, app: ClientApp, warn: () => void): TokenStore {
	const name = createHash('sha256').update(`${app.origin} ${app.clientId}`).digest('hex').slice(0, 32);
	let warned = false;
	const sayOnce = (): void => {
		if (!warned) warn();
		warned = true;
	};
	return {
		async read() {
			const sealed = everyKept(settings)[name];
			const text = isSealed(sealed) ? unseal(sealed, app.secret, name) : undefined;
			return text === undefined ? undefined : tokenFrom(text);
		},
		async write(token) {
			if (settings.readOnly === true) return sayOnce();
			const now = Date.now();
			const expiresAt = token.expiresAt ?? now + KEPT_WITHOUT_END_MS;
			const kept = Object.entries(everyKept(settings)).filter(([, { expiresAt: end }]) => (end ?? 0) > now);
			const copy: Kept = { ...seal(JSON.stringify(token), app.secret, name), expiresAt };
			try {
				await settings.set(SETTINGS_NAME, { ...Object.fromEntries(kept), [name]: copy });
			} catch {
				sayOnce();
			}
		},
	};
}

function everyKept(settings: SettingsStore): Record<string, Kept> {
	try {
		const kept = settings.available() ? settings.get(SETTINGS_NAME) : undefined;
		return kept !== null && typeof kept === 'object' ? (kept as Record<string, Kept>) : {};
	} catch {
		return {};
	}
}

function isSealed(value: unknown): value is Sealed {
	const parts = (value ?? {}) as Record<string, unknown>;
	return ['salt', 'iv', 'tag', 'text'].every((part) => typeof parts[part] === 'string');
}

function tokenFrom(text: string): Token | undefined {
	try {
		const token = JSON.parse(text) as Partial<Token>;
		return typeof token.accessToken === 'string' ? (token as Token) : undefined;
	} catch {
		return undefined;
	}
}
