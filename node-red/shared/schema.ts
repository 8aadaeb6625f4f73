/** The settings of a node as a flow holds them. */
export type Saved = Readonly<Record<string, unknown>>;

/** Makes settings of one schema those of the next. It keeps what it does not know. */
export type Migration = (saved: Saved) => Saved;

/**
 * Brings the settings of a node up to date: `migrations[0]` leads from schema 1 to 2, and so on. A flow of a newer version
 * of this pack is left as it is.
 * @returns the settings with their new `schema`
 */
export function migrated(saved: Saved, migrations: readonly Migration[]): Saved {
	const current = migrations.length + 1;
	const schema = schemaOf(saved);
	if (schema >= current) return saved;
	const upToDate = migrations.slice(schema - 1).reduce((settings, migrate) => migrate(settings), saved);
	return { ...upToDate, schema: current };
}

/** A flow made by hand may hold none: it is taken for the oldest. */
function schemaOf({ schema }: Saved): number {
	const number = Number(schema);
	return Number.isSafeInteger(number) && number > 0 ? number : 1;
}

/** A migration that adds settings which older flows do not have. */
export function adding(defaults: Saved): Migration {
	return (saved) => ({ ...defaults, ...saved });
}
