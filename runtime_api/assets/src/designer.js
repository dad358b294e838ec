// The editor of procedures.

import './designer.css';
import Modeler from 'bpmn-js/lib/Modeler';

window.Modeler = Modeler;
