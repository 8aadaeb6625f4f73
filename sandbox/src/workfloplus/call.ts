import type { SandboxRequest, SandboxResponse } from '../shared/types';
import { Problem } from './answers';
import type { Principal } from './policies';
import type { TokenOffice } from './tokens';
import type { World } from './world';

/** One request on its way through a handler. */
export interface Call {
	request: SandboxRequest;
	/** Path parameters by the name they have in the endpoint table, decoded. */
	params: Readonly<Record<string, string>>;
	world: World;
	tokens: TokenOffice;
	/** Absent only at the token endpoint. */
	principal: Principal | undefined;
}

/** Answers one endpoint. The policy was checked before; a refusal is thrown as a Problem. */
export type Handler = (call: Call) => SandboxResponse;

/** The item that a path parameter names; unknown ids are 404 (quirk X3) and never checked for their form. */
export function found<T>(
	items: readonly T[],
	id: string | undefined,
	idOf: (item: T) => string,
	what: string,
): T {
	const item = items.find((candidate) => idOf(candidate) === id);
	if (item === undefined) throw new Problem(404, `There is no ${what} ${id ?? ''}.`);
	return item;
}
