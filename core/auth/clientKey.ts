import { createHash } from 'crypto';

/**
 * The name under which a client app's token is shared in a process.
 * @returns origin and client ID in clear, the secret as a digest that cannot be turned back.
 */
export function clientKey(baseUrl: string, clientId: string, secret: string): string {
	const digest = createHash('sha256').update(secret).digest('hex').slice(0, 16);
	return `${baseUrl} ${clientId} ${digest}`;
}
