<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>AllTargetsView</name>
    <message numerus="yes">
        <source>{0} targets, {1} to {2}.</source>
        <translation>
            <numerusform>{0} target, {1} to {2}.</numerusform>
            <numerusform>{0} targets, {1} to {2}.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ControlPanel</name>
    <message numerus="yes">
        <source> failures</source>
        <translation>
            <numerusform> failure</numerusform>
            <numerusform> failures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OutageModel</name>
    <message numerus="yes">
        <source>{0} checks without success</source>
        <translation>
            <numerusform>{0} check without success</numerusform>
            <numerusform>{0} checks without success</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RetryPreviewPlot</name>
    <message numerus="yes">
        <source>{0} attempts; an error after {1} at worst, about {2} where all fail at once.</source>
        <translation>
            <numerusform>{0} attempt; an error after {1} at worst, about {2} where it fails at once.</numerusform>
            <numerusform>{0} attempts; an error after {1} at worst, about {2} where all fail at once.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TargetHeader</name>
    <message numerus="yes">
        <source>{count} watched</source>
        <translation>
            <numerusform>{count} watched</numerusform>
            <numerusform>{count} watched</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} slow at the end</source>
        <translation>
            <numerusform>{count} slow at the end</numerusform>
            <numerusform>{count} slow at the end</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} slow now</source>
        <translation>
            <numerusform>{count} slow now</numerusform>
            <numerusform>{count} slow now</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message numerus="yes">
        <source>{count} slow</source>
        <translation>
            <numerusform>{count} slow</numerusform>
            <numerusform>{count} slow</numerusform>
        </translation>
    </message>
</context>
</TS>
