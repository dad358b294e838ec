// How every drawing is drawn: our colours, our letters, in the editor and in the viewer.

export const looks = {
  bpmnRenderer: {
    defaultFillColor: 'var(--paper)',
    defaultStrokeColor: 'var(--ink-2)',
    defaultLabelColor: 'var(--ink)',
  },
  textRenderer: {
    defaultStyle: { fontFamily: '"Be Vietnam Pro", "Noto Sans", sans-serif', fontSize: 12, lineHeight: 1.25 },
    externalStyle: { fontSize: 12, lineHeight: 1.25 },
  },
};

/** The letters must be there before the words are measured, or they would not fit their boxes. */
export async function lettersReady() {
  try {
    await Promise.race([
      document.fonts.load('12px "Be Vietnam Pro"', 'Thẩm định hồ sơ'),
      new Promise((done) => setTimeout(done, 1500)), // a slow line: draw with what there is
    ]);
  } catch {
    // fonts that are not built: the next family in the list is used
  }
}
