import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** A text that only the holder of the secret can read. All parts are base64. */
export interface Sealed {
	salt: string;
	iv: string;
	tag: string;
	text: string;
}

const ALGORITHM = 'aes-256-gcm';

/**
 * Seals a text with a key made from a secret that is kept elsewhere.
 * @param name is not hidden but bound to the text: a sealed text moved under another name cannot be opened.
 */
export function seal(text: string, secret: string, name: string): Sealed {
	const salt = randomBytes(16);
	const iv = randomBytes(12);
	const cipher = createCipheriv(ALGORITHM, keyFrom(secret, salt), iv);
	cipher.setAAD(Buffer.from(name));
	const hidden = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
	const [saltText, ivText, tag, hiddenText] = [salt, iv, cipher.getAuthTag(), hidden].map((part) =>
		part.toString('base64'),
	) as [string, string, string, string];
	return { salt: saltText, iv: ivText, tag, text: hiddenText };
}

/** @returns the text, or undefined where the secret or the name is another one, or the copy was damaged. */
export function unseal(sealed: Sealed, secret: string, name: string): string | undefined {
	try {
		const decipher = createDecipheriv(ALGORITHM, keyFrom(secret, bytes(sealed.salt)), bytes(sealed.iv), {
			authTagLength: 16,
		});
		decipher.setAAD(Buffer.from(name));
		decipher.setAuthTag(bytes(sealed.tag));
		return Buffer.concat([decipher.update(bytes(sealed.text)), decipher.final()]).toString('utf8');
	} catch {
		return undefined;
	}
}

function keyFrom(secret: string, salt: Buffer): Buffer {
	return Buffer.from(hkdfSync('sha256', secret, salt, 'field-data token', 32));
}

function bytes(base64: string): Buffer {
	return Buffer.from(base64, 'base64');
}
