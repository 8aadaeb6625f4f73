/**
 * Where the documentation contradicts itself or is silent (contract 11), the sandbox can answer either way.
 * The first value is the default. Only rows whose endpoints exist here are listed.
 */
export const QUIRKS = {
	/** X2: the documentation says POST under the title Get Workflow. */
	workflowByIdMethod: ['GET or POST', 'GET', 'POST'],
	/** X8: one object is printed, though the endpoint's name is plural. */
	myScheduledJobs: ['array', 'object'],
	/** X17: tags can be written, but the read example has none. */
	workflowTags: ['returned', 'absent'],
	/** X35: a deleted workflow is probably only archived. */
	archivedWorkflows: ['hidden', 'listed'],
	/** X37: whether anything but a user's id may be assigned. */
	unknownAssignees: ['refused', 'accepted'],
} as const;

/** One choice per quirk. */
export type Quirks = { -readonly [Name in keyof typeof QUIRKS]: (typeof QUIRKS)[Name][number] };

/** The choices that the contract takes for the simulator. */
export function defaultQuirks(): Quirks {
	return {
		workflowByIdMethod: QUIRKS.workflowByIdMethod[0],
		myScheduledJobs: QUIRKS.myScheduledJobs[0],
		workflowTags: QUIRKS.workflowTags[0],
		archivedWorkflows: QUIRKS.archivedWorkflows[0],
		unknownAssignees: QUIRKS.unknownAssignees[0],
	};
}

/** Changes some choices in place. Throws on a name or value that does not exist, so that no test passes by a typo. */
export function changeQuirks(quirks: Quirks, change: Partial<Quirks>): void {
	for (const [name, value] of Object.entries(change)) {
		const allowed: readonly string[] | undefined = QUIRKS[name as keyof Quirks];
		if (!allowed?.includes(value)) {
			throw new Error(`No such quirk: ${name} = ${value}. Known: ${JSON.stringify(QUIRKS)}`);
		}
	}
	Object.assign(quirks, change);
}
