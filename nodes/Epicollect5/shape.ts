import type { NameStyle } from '../../core/epicollect5/names';
import type { ReadRequest } from '../../core/epicollect5/reading';
import { asText, collection, located, parameter } from '../shared/parameter';
import type { HostContext } from '../shared/transport';

/** What entries are to look like. */
export interface ShapeChoice extends Pick<
	ReadRequest,
	'mapIndex' | 'names' | 'timeZone' | 'utm' | 'choiceFields' | 'withUploader'
> {
	/** Tidy instead of exactly as the service sends them. */
	simplify: boolean;
}

/** Reads `Simplify` and the options of `shapeOptions`, for an execution, a poll or a dialog. */
export function shapeOf(context: HostContext, itemIndex = 0): ShapeChoice {
	const options = collection(context, 'options', itemIndex);
	return {
		simplify: parameter(context, 'simplify', itemIndex) !== false,
		mapIndex: asText(located(options.mapping)) || undefined,
		names: (asText(options.columnNames) || 'mapping') as NameStyle,
		timeZone: asText(options.timeZone) || undefined,
		utm: options.utm === true,
		choiceFields: options.choiceFields === true,
		withUploader: options.uploader === true,
	};
}
