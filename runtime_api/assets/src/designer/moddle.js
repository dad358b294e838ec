// Where the drawing library would lose what a file says, its description of BPMN is mended before a file is read.

// Written as <formalExpression> by the library; the standard and every engine have the element's own name.
const EXPRESSIONS = [
  ['CorrelationPropertyRetrievalExpression', 'messagePath'],
  ['CorrelationPropertyBinding', 'dataPath'],
];
// Names of the dossier's data, not only ids of parts of the drawing: a name that is no id would be dropped.
const NAMES = [
  ['MultiInstanceLoopCharacteristics', 'loopDataInputRef'],
  ['MultiInstanceLoopCharacteristics', 'loopDataOutputRef'],
];

export function mendModdle(moddle) {
  const property = ([type, name]) => moddle.registry.typeMap[`bpmn:${type}`].properties.find((one) => one.name === `bpmn:${name}`);
  for (const one of EXPRESSIONS) property(one).xml = { serialize: 'xsi:type' };
  for (const one of NAMES) Object.assign(property(one), { type: 'String', isReference: false });
}
