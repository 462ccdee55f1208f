import { noChange } from "lit";
import { directive, Directive, type ElementPart, PartType, type PartInfo } from "lit/directive.js";

type Values = Record<`--${string}`, string | number>;

/** Sets custom properties through the object model: the policy refuses style attributes. */
class VarsDirective extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new TypeError("vars stands on an element");
  }

  render(_values: Values): typeof noChange {
    return noChange;
  }

  override update(part: ElementPart, [values]: [Values]): typeof noChange {
    const { style } = part.element as HTMLElement | SVGElement;
    for (const [name, value] of Object.entries(values)) {
      const text = String(value);
      if (style.getPropertyValue(name) !== text) style.setProperty(name, text);
    }
    return noChange;
  }
}

export const vars = directive(VarsDirective);
