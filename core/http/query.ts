import type { HttpRequest } from './transport';

/** RFC 3986, as the services write their own links. @returns `a=1&b=2`, without "?"; undefined values are left out */
export function queryString(query: HttpRequest['query']): string {
	return Object.entries(query ?? {})
		.filter(([, value]) => value !== undefined)
		.map(([name, value]) => `${encode(name)}=${encode(String(value))}`)
		.join('&');
}

/** `encodeURIComponent` leaves some reserved signs as they are. */
function encode(text: string): string {
	return encodeURIComponent(text).replace(
		/[!'()*]/g,
		(sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}
